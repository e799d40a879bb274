"""Page views and visitors by page, over some days and what there is of today: counted by HogQL, never by us.

Visitors of several spellings of an address can't be added, since one person may have come by both. So PostHog groups
by the page itself: without `www.`, query, fragment and last slash, and with https. Browsers give the host in lower
case already. `url` is the first of the spellings, without query and fragment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.domain.errors import RetryLater
from integrations.providers.contract import RemoteRecord
from integrations.providers.posthog.client import PostHogClient, Row, malformed
from integrations.providers.posthog.cursors import Place
from integrations.providers.posthog.pages import KindPage, PageSize, one_of
from integrations.providers.posthog.records import PAGEVIEWS, time_text

_ADDRESS = "cutQueryStringAndFragment(properties.$current_url)"
_PAGE = f"replaceRegexpOne(replaceRegexpOne(cutWWW({_ADDRESS}), '^http:', 'https:'), '/+$', '')"
_COUNTS = (
    f"select {_PAGE} as page, min({_ADDRESS}) as url, count() as views, count(distinct person_id) as visitors"  # noqa: S608 - made of constants
    " from events where event = '$pageview' and timestamp >= toDateTime({since}) and timestamp < toDateTime({until})"
    " group by page"
)


class PageviewPages:
    """The pages that were viewed within the window, in the order of their addresses."""

    def __init__(self, client: PostHogClient) -> None:
        self._client = client
        self._size = PageSize()

    def first_place(self) -> Place:
        """Before all pages; the window is fixed for the whole run, also over midnight."""
        today = datetime.fromtimestamp(self._client.settings.unix_time(), UTC).date()
        return {"until": (today + timedelta(days=1)).isoformat(), "after": ""}

    def page(self, place: Place | None, deadline: float) -> KindPage:
        """The pages after a place. Only an empty answer is the last. Raises `RetryLater` rather than go round."""
        place = place or self.first_place()
        values = {**self._window(place), "after": place["after"]}
        hogql = f"{_COUNTS} having page > {{after}} order by page"
        rows = self._size.ask(lambda records: self._client.query(f"{hogql} limit {records}", values, deadline))
        records = tuple(_record(row) for row in rows)
        if not records:
            return KindPage((), None)
        if records[-1].external_id <= place["after"]:
            raise RetryLater("PostHog gave the same page of addresses twice", code="repeated_page")
        return KindPage(records, {"until": place["until"], "after": records[-1].external_id})

    def read(self, ids: Sequence[str], deadline: float) -> dict[str, RemoteRecord]:
        """Those of the pages that were viewed within the window."""
        condition, pages = one_of("page", "pages", ids)
        values = {**self._window(self.first_place()), **pages}
        rows = self._client.query(f"{_COUNTS} having {condition} order by page limit {len(ids)}", values, deadline)
        records = (_record(row) for row in rows)
        return {record.external_id: record for record in records}

    def _window(self, place: Place) -> dict[str, str]:
        until = datetime.fromisoformat(place["until"]).replace(tzinfo=UTC)
        since = until - timedelta(days=self._client.config.window_days)
        return {"since": time_text(since), "until": time_text(until)}


@dataclass(slots=True)
class PageFigures:
    """Views and visitors of one page. Where several addresses are the same page only to us, their visitors are added:
    an upper bound."""

    url: str
    views: int = field(default=0, init=False)
    visitors: int = field(default=0, init=False)

    def add(self, document: Mapping[str, Any]) -> None:
        """Adds a record's figures."""
        self.views += document["views"]
        self.visitors += document["visitors"]

    def document(self) -> Mapping[str, Any]:
        """The sums as mappings read them."""
        return {"url": self.url, "views": self.views, "visitors": self.visitors}


def _record(row: Row) -> RemoteRecord:
    try:
        page, url, views, visitors = row
        document = {"url": url, "views": int(str(views)), "visitors": int(str(visitors))}
    except ValueError:
        raise malformed("page views") from None
    if not isinstance(page, str) or not isinstance(url, str):
        raise malformed("page views")
    return RemoteRecord(page, PAGEVIEWS, document)
