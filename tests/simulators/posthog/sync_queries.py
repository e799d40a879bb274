"""The queries of a sync: a stream of several events, pages by their address, and look-ups by id."""

from bisect import bisect_right
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from tests.simulators.posthog.events import EVERY_NAME, Event
from tests.simulators.posthog.query_values import QueryValues
from tests.simulators.posthog.reader import KnownQuery, Reader, Row, happened_at
from tests.simulators.posthog.timestamps import moment_text

EVENT_COLUMNS = (
    ("uuid", "UUID"),
    ("event", "String"),
    ("distinct_id", "String"),
    ("timestamp", "DateTime64(6, 'UTC')"),
    ("properties", "String"),
)
PAGE_COLUMNS = (
    ("page", "Nullable(String)"),
    ("url", "Nullable(String)"),
    ("views", "UInt64"),
    ("visitors", "UInt64"),
)
PERSON_COLUMNS = (
    ("distinct_id", "String"),
    ("properties", "String"),
    ("created_at", "DateTime64(3, 'UTC')"),
)
EVENTS = "select uuid, event, distinct_id, timestamp, properties from events where event in {events}"
ADDRESS = "cutQueryStringAndFragment(properties.$current_url)"
PAGES = (
    f"select replaceRegexpOne(replaceRegexpOne(cutWWW({ADDRESS}), '^http:', 'https:'), '/+$', '') as page,"
    f" min({ADDRESS}) as url, count() as views, count(distinct person_id) as visitors from events"
    " where event = '$pageview' and timestamp >= {since} and timestamp < {until} group by page"
)


def event_row(event: Event) -> Row:
    """The columns of an event."""
    return [event.uuid, event.event, event.distinct_id, event.timestamp, event.properties]


def _events_of_names_after(reader: Reader, values: QueryValues) -> list[Row]:
    names, now = values.texts("events"), datetime.fromtimestamp(reader.now, UTC)
    events = reader.events(EVERY_NAME)
    position = (values.moment("since"), values.uuid_position("after"))
    first = bisect_right(events, position, key=lambda each: each[0])
    end = bisect_right(events, now, key=happened_at)
    found: list[Row] = []
    for _, event in events[first:end]:
        if event.event in names:
            found.append(event_row(event))
        if len(found) > reader.switches.query_rows_maximum:
            break
    return found


def _events_of_uuids(reader: Reader, values: QueryValues) -> list[Row]:
    names, uuids = values.texts("events"), values.texts("uuids")
    return [event_row(event) for _, event in reader.events(EVERY_NAME) if event.uuid in uuids and event.event in names]


def _pages(reader: Reader, values: QueryValues) -> list[Row]:
    urls: dict[str, list[str]] = defaultdict(list)
    visitors: dict[str, set[str]] = defaultdict(set)
    for _, event in reader.window("$pageview", values.moment("since"), values.moment("until")):
        url = event.properties.get("$current_url")
        if url is not None:
            address = _without_query(url)
            page = _page(address)
            urls[page].append(address)
            visitors[page].add(reader.data.persons.id_of(event.distinct_id))
    return [[page, min(urls[page]), len(urls[page]), len(visitors[page])] for page in sorted(urls)]


def _pages_after(reader: Reader, values: QueryValues) -> list[Row]:
    after = values.text("after")
    return [row for row in _pages(reader, values) if row[0] > after]


def _pages_of(reader: Reader, values: QueryValues) -> list[Row]:
    wanted = values.texts("pages")
    return [row for row in _pages(reader, values) if row[0] in wanted]


def _persons_of(reader: Reader, values: QueryValues) -> list[Row]:
    found = []
    for distinct_id in values.texts("distinct_ids"):
        person = reader.data.persons.of(distinct_id)
        if person is not None:
            found.append([distinct_id, person.properties, _to_the_millisecond(person.created_at)])
    return found


def _without_query(url: str) -> str:
    return url.partition("#")[0].partition("?")[0]


def _page(address: str) -> str:
    """What the functions of ClickHouse make of an address."""
    host = urlsplit(address).netloc
    if host.startswith("www."):
        address = address.replace(host, host.removeprefix("www."), 1)
    if address.startswith("http:"):
        address = f"https:{address.removeprefix('http:')}"
    return address.rstrip("/")


def _to_the_millisecond(moment: datetime) -> Any:
    """As the column of persons has it, whose text always has a fraction."""
    whole = moment.replace(microsecond=moment.microsecond // 1_000 * 1_000)
    return whole if whole.microsecond else f"{moment_text(whole).removesuffix('Z')}.000000Z"


SYNC_QUERIES = (
    KnownQuery(
        "events_of_names_after",
        f"{EVENTS} and timestamp <= now() and (timestamp > {{since}}"
        " or (timestamp = {since} and uuid > {after})) order by timestamp, uuid",
        EVENT_COLUMNS,
        _events_of_names_after,
    ),
    KnownQuery(
        "events_of_uuids", f"{EVENTS} and uuid in {{uuids}} order by timestamp, uuid", EVENT_COLUMNS, _events_of_uuids
    ),
    KnownQuery("pages_after", f"{PAGES} having page > {{after}} order by page", PAGE_COLUMNS, _pages_after),
    KnownQuery("pages_of", f"{PAGES} having page in {{pages}} order by page", PAGE_COLUMNS, _pages_of),
    KnownQuery(
        "persons_of",
        "select distinct_id, person.properties, person.created_at from person_distinct_ids"
        " where distinct_id in {distinct_ids}",
        PERSON_COLUMNS,
        _persons_of,
    ),
)
