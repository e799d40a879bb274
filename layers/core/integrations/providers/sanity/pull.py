"""Documents in the order of their changes, a page at a time.

The place is the pair (_updatedAt, _id): all documents of one transaction share a time, so the time alone would lose
some at a page's edge. Times are compared as text by the service, so they are handed back exactly as they came.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.domain.errors import PayloadTooLarge, RetryLater
from integrations.providers.contract import PullPage, RemoteRecord
from integrations.providers.sanity.client import SanityClient
from integrations.providers.sanity.reading import is_published, remote_record

PAGE_RECORDS = 500
SETTLING_SECONDS = 60
"""How long a query may miss, or still show, what was replaced: the index lags behind the documents."""
_MIXED_PRECISION_SECONDS = 1
"""As text, 00.5Z sorts before 00Z: within a second the order isn't that of time."""


class DocumentPages:
    """Pages of the published documents of one dataset. A page too large for an answer makes this and later ones
    smaller."""

    def __init__(self, client: SanityClient, page_records: int = PAGE_RECORDS) -> None:
        self._client = client
        self._page_records = page_records

    def page(self, document_types: Sequence[str], cursor: Mapping[str, Any], deadline: float) -> PullPage:
        """The documents after the place `{since, after}`. Raises `RetryLater` rather than give a page twice."""
        rows, asked = self._rows(document_types, cursor, deadline)
        records = [_record(row) for row in rows]
        service_time = _latest([cursor.get("service_time"), *(record.updated_at for record in records)])
        next_cursor = None
        if len(records) >= asked:
            next_cursor = {"since": records[-1].updated_at, "after": records[-1].external_id}
            _refuse_standstill(cursor, next_cursor)
            next_cursor["service_time"] = service_time
        published = tuple(record for record in records if is_published(record.external_id))
        return PullPage(published, next_cursor, service_time)

    def _rows(
        self, document_types: Sequence[str], cursor: Mapping[str, Any], deadline: float
    ) -> tuple[list[object], int]:
        """The page's documents, and how many were asked for."""
        params = {"types": list(document_types), "since": cursor["since"], "after": cursor["after"]}
        while True:
            asked = self._page_records
            try:
                rows = self._client.query(_groq(asked), params, deadline, perspective="published")
            except PayloadTooLarge:
                if asked == 1:
                    raise
                self._page_records = asked // 2
                continue
            if not isinstance(rows, list):
                raise RetryLater("Sanity's page of documents can't be read", code="malformed_answer")
            return rows, asked


def first_cursor(watermark: str | None) -> dict[str, Any]:
    """The place before all changes since `watermark`, less the time that the service may lag behind."""
    if watermark is None:
        return {"since": "", "after": ""}
    moment = _instant(watermark) - timedelta(seconds=SETTLING_SECONDS + _MIXED_PRECISION_SECONDS)
    return {"since": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "after": ""}


def _groq(records: int) -> str:
    return (
        "*[_type in $types && (_updatedAt > $since || (_updatedAt == $since && _id > $after))]"
        f" | order(_updatedAt asc, _id asc)[0...{records}]"
    )


def _record(row: object) -> RemoteRecord:
    record = remote_record(row)
    if record is None or record.updated_at is None or not _is_time(record.updated_at):
        raise RetryLater("Sanity gave a document without _id, _type or _updatedAt", code="malformed_answer")
    return record


def _refuse_standstill(cursor: Mapping[str, Any], following: Mapping[str, Any]) -> None:
    """The place has to move on, in the order of text or, where precisions are mixed, of time."""
    before, after = (cursor["since"], cursor["after"]), (following["since"], following["after"])
    if after > before or (before[0] and _instant(after[0]) > _instant(before[0])):
        return
    raise RetryLater("Sanity gave the same page of documents twice", code="repeated_page")


def _latest(times: Sequence[str | None]) -> str | None:
    return max((time for time in times if time), key=_instant, default=None)


def _is_time(text: str) -> bool:
    try:
        _instant(text)
    except ValueError:
        return False
    return True


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
