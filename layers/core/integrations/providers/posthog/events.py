"""Events in the order of their times, a page at a time.

The place is the pair (timestamp, uuid): many events may share a time, so the time alone would lose some at a page's
edge. The order of uuids is the service's (ClickHouse compares their second halves first), so the place is handed back
exactly as it came, and only an empty page is the last.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from integrations.domain.errors import RetryLater
from integrations.providers.contract import RemoteRecord
from integrations.providers.posthog.client import PostHogClient, Row, malformed
from integrations.providers.posthog.cursors import Place
from integrations.providers.posthog.pages import KindPage, PageSize, json_object, one_of
from integrations.providers.posthog.records import (
    EVENT_PREFIX,
    OUR_LIBRARY,
    parsed_time,
    sortable_time_text,
    time_text,
)

OVERLAP_HOURS = 72
"""How far before the last run's newest event the next one begins. Events arrive late, by minutes where ingestion lags
(`SETTLING_SECONDS`), and by days where a telephone was offline and kept its events for the next visit."""
SETTLING_SECONDS = 15 * 60

_EVENTS = "select uuid, event, distinct_id, timestamp, properties from events where"
_AFTER = (
    "timestamp <= now() and (timestamp > toDateTime({since}) or (timestamp = toDateTime({since}) and uuid > {after}))"
)
"""Times ahead of PostHog's clock wait until it gets there: as a watermark they would hide what comes before them."""
_IN_ORDER = "order by timestamp, uuid"
_EPOCH, _FIRST_UUID = "1970-01-01T00:00:00Z", str(UUID(int=0))


class EventPages:
    """The events of some names as one stream; those that we pushed are left out, being no news."""

    def __init__(self, client: PostHogClient) -> None:
        self._client = client
        self._size = PageSize()

    def page(
        self, names: Sequence[str], place: Place | None, watermark: str | None, latest: str | None, deadline: float
    ) -> KindPage:
        """The events after a place, or from the watermark on, overlap included. Raises `RetryLater` if the service
        goes back in time."""
        start = place or {"since": _start(watermark), "after": _FIRST_UUID}
        condition, named = one_of("event", "events", names)
        hogql, values = f"{_EVENTS} {condition} and {_AFTER} {_IN_ORDER}", {**named, **start}
        rows = self._size.ask(lambda records: self._client.query(f"{hogql} limit {records}", values, deadline))
        if not rows:
            return KindPage((), None, latest or watermark)
        records = {record.external_id: record for record in map(event_record, rows)}
        uuid, _, _, timestamp, _ = rows[-1]
        if parsed_time(str(timestamp)) < parsed_time(start["since"]):
            raise RetryLater("PostHog's events went back in time", code="repeated_page")
        newest = sortable_time_text(parsed_time(str(timestamp)))
        others = tuple(record for record in records.values() if not _is_ours(record))
        return KindPage(others, {"since": timestamp, "after": uuid}, max(newest, latest or newest))


class EventLookup:
    """Events of some names by their uuids."""

    def __init__(self, client: PostHogClient, names: Sequence[str]) -> None:
        self._client = client
        self._names = names

    def read(self, ids: Sequence[str], deadline: float) -> dict[str, RemoteRecord]:
        """Those that exist; of an event that was sent again, the last."""
        by_name, names = one_of("event", "events", self._names)
        by_uuid, uuids = one_of("uuid", "uuids", ids)
        # Duplicates stay visible until they are merged, so there may be more rows than ids.
        hogql = f"{_EVENTS} {by_name} and {by_uuid} {_IN_ORDER} limit {10 * len(ids)}"
        rows = self._client.query(hogql, {**names, **uuids}, deadline)
        records = (event_record(row) for row in rows)
        return {record.external_id: record for record in records}


def is_event_id(external_id: str) -> bool:
    """Whether it has the form of an event's id."""
    try:
        return str(UUID(external_id)) == external_id.lower()
    except ValueError:
        return False


def event_record(row: Row) -> RemoteRecord:
    """A row as a record. Raises `RetryLater` for one that isn't as asked for."""
    try:
        uuid, name, distinct_id, timestamp, properties = row
        moment = time_text(parsed_time(str(timestamp)))
    except ValueError:
        raise malformed("events") from None
    if not isinstance(uuid, str) or not isinstance(name, str):
        raise malformed("events")
    document = {
        "uuid": uuid,
        "event": name,
        "distinct_id": distinct_id,
        "timestamp": moment,
        "properties": json_object(properties, "events"),
    }
    return RemoteRecord(uuid, f"{EVENT_PREFIX}{name}", document, updated_at=moment, id_key="uuid")


def _start(watermark: str | None) -> str:
    return time_text(parsed_time(watermark) - timedelta(hours=OVERLAP_HOURS)) if watermark else _EPOCH


def _is_ours(record: RemoteRecord) -> bool:
    properties = record.document["properties"]
    return isinstance(properties, dict) and properties.get("$lib") == OUR_LIBRARY
