"""The HogQL queries that can be answered: a table, to which another query is one more entry.

There is no HogQL here. A query is compared with the table after its white space and case are evened out; any other is
refused with its text. Any known query may end in `limit <N>`; around a placeholder of a time `toDateTime(…)` may stand.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.simulators.exchange import json_answer
from tests.simulators.posthog.errors import Refused, invalid
from tests.simulators.posthog.events import EVERY_NAME, Placed
from tests.simulators.posthog.query_values import QueryValues
from tests.simulators.posthog.switches import PostHogSwitches
from tests.simulators.posthog.warehouse import ProjectData

DEFAULT_ROWS = 100
LIMIT = re.compile(r"(?s)(.*?)(?: limit (\d+))?")
WRAPPED = re.compile(r"(?i)toDateTime\(\s*(\{\w+\})\s*\)")
Row = list[Any]


@dataclass(frozen=True, slots=True)
class Reader:
    """A project's data as queries see it at one moment."""

    data: ProjectData
    switches: PostHogSwitches
    now: float

    def events(self, name: str) -> list[Placed]:
        """The events of a name in order."""
        return self.data.events.placed(name, self.switches.uuid_order, self.switches.merge_delay_seconds, self.now)

    def window(self, name: str, since: datetime, until: datetime) -> list[Placed]:
        """Those from `since`, included, to `until`, not included."""
        events = self.events(name)
        return events[bisect_left(events, since, key=_moment) : bisect_left(events, until, key=_moment)]


@dataclass(frozen=True, slots=True)
class KnownQuery:
    """A query as text without its limit, the columns it has, and how it is answered."""

    name: str
    text: str
    columns: tuple[tuple[str, str], ...]
    rows: Callable[[Reader, QueryValues], list[Row]]


def _events_after(reader: Reader, values: QueryValues) -> list[Row]:
    events = reader.events(values.text("event"))
    position = (values.moment("since"), values.uuid_position("after"))
    after = events[bisect_right(events, position, key=lambda each: each[0]) :]
    return [
        [event.uuid, event.event, event.distinct_id, event.timestamp, event.properties]
        for _, event in after[: reader.switches.query_rows_maximum + 1]
    ]


def _pageviews(reader: Reader, values: QueryValues) -> list[Row]:
    views: Counter[str | None] = Counter()
    visitors: dict[str | None, set[str]] = defaultdict(set)
    for _, event in reader.window("$pageview", values.moment("since"), values.moment("until")):
        url = event.properties.get("$current_url")
        views[url] += 1
        visitors[url].add(reader.data.persons.id_of(event.distinct_id))
    ordered = sorted(views, key=lambda url: (url is None, url or ""))
    return [[url, views[url], len(visitors[url])] for url in ordered]


def _pageviews_after(reader: Reader, values: QueryValues) -> list[Row]:
    after = values.text("after")
    return [row for row in _pageviews(reader, values) if row[0] is not None and row[0] > after]


def _count(reader: Reader, _: QueryValues) -> list[Row]:
    return [[len(reader.events(EVERY_NAME))]]


def _count_of(reader: Reader, values: QueryValues) -> list[Row]:
    events = reader.events(values.text("event"))
    return [[len(events) - bisect_left(events, values.moment("since"), key=_moment)]]


EVENT_COLUMNS = (
    ("uuid", "UUID"),
    ("event", "String"),
    ("distinct_id", "String"),
    ("timestamp", "DateTime64(6, 'UTC')"),
    ("properties", "String"),
)
PAGEVIEW_COLUMNS = (("url", "Nullable(String)"), ("views", "UInt64"), ("visitors", "UInt64"))
COUNT_COLUMNS = (("count()", "UInt64"),)
PAGEVIEWS = (
    "select properties.$current_url as url, count() as views, count(distinct person_id) as visitors from events"
    " where event = '$pageview' and timestamp >= {since} and timestamp < {until}"
)
PAGEVIEWS_END = " group by url order by url"

KNOWN_QUERIES = (
    KnownQuery(
        "events_after",
        "select uuid, event, distinct_id, timestamp, properties from events where event = {event}"
        " and (timestamp > {since} or (timestamp = {since} and uuid > {after})) order by timestamp, uuid",
        EVENT_COLUMNS,
        _events_after,
    ),
    KnownQuery("pageviews", PAGEVIEWS + PAGEVIEWS_END, PAGEVIEW_COLUMNS, _pageviews),
    KnownQuery(
        "pageviews_after",
        PAGEVIEWS + " and properties.$current_url > {after}" + PAGEVIEWS_END,
        PAGEVIEW_COLUMNS,
        _pageviews_after,
    ),
    KnownQuery(
        "count_of",
        "select count() from events where event = {event} and timestamp >= {since}",
        COUNT_COLUMNS,
        _count_of,
    ),
    KnownQuery("count", "select count() from events", COUNT_COLUMNS, _count),
    KnownQuery("one", "select 1", (("1", "UInt8"),), lambda _, __: [[1]]),
)


def answer_query(text: str, given: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    """The query's answer. Raises `Refused` (400) for an unknown query or a value that is missing or of no use."""
    known, limit = _known(text)
    wrapped = frozenset(name.strip("{}") for name in WRAPPED.findall(text))
    rows = known.rows(reader, QueryValues(given, wrapped, reader.switches))
    shown = rows[: min(DEFAULT_ROWS if limit is None else limit, reader.switches.query_rows_maximum)]
    cut = len(rows) > len(shown)
    return {
        "results": [_row(row, reader.switches) for row in shown],
        "columns": [name for name, _ in known.columns],
        "types": [list(column) for column in known.columns],
        "hasMore": cut and (limit is None or reader.switches.has_more_with_limit),
        "limit": DEFAULT_ROWS if limit is None else limit,
        "offset": 0,
    }


def _known(text: str) -> tuple[KnownQuery, int | None]:
    match = LIMIT.fullmatch(_evened(WRAPPED.sub(r"\1", text)))
    body, limit = match.groups() if match else (text, None)
    for known in KNOWN_QUERIES:
        if body == _evened(known.text):
            return known, int(limit) if limit else None
    described = "; ".join(known.text for known in KNOWN_QUERIES)
    raise Refused(invalid(f"The simulator doesn't answer this query: {text} -- it answers: {described}", "query"))


def _row(row: Row, switches: PostHogSwitches) -> Row:
    return [_cell(value, switches) for value in row]


def _cell(value: Any, switches: PostHogSwitches) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, dict) and switches.properties_as_text:
        return json_answer(200, value).body.decode()
    return value


def _moment(placed: Placed) -> datetime:
    return placed[0][0]


def _evened(text: str) -> str:
    """Lower case, runs of white space as one blank, and none beside brackets, commas and comparisons."""
    single = re.sub(r"\s+", " ", text.strip().rstrip(";")).lower()
    return re.sub(r"\s*([(),]|[=<>]+)\s*", r"\1", single).replace(")limit ", ") limit ")
