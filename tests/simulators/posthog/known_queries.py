"""The table of queries that can be answered; another query is one more entry."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict

from tests.simulators.posthog.events import EVERY_NAME
from tests.simulators.posthog.query_values import QueryValues
from tests.simulators.posthog.reader import KnownQuery, Reader, Row, happened_at
from tests.simulators.posthog.sync_queries import EVENT_COLUMNS, SYNC_QUERIES, event_row


def _events_after(reader: Reader, values: QueryValues) -> list[Row]:
    events = reader.events(values.text("event"))
    position = (values.moment("since"), values.uuid_position("after"))
    after = events[bisect_right(events, position, key=lambda each: each[0]) :]
    return [event_row(event) for _, event in after[: reader.switches.query_rows_maximum + 1]]


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
    return [[len(events) - bisect_left(events, values.moment("since"), key=happened_at)]]


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
    *SYNC_QUERIES,
)
