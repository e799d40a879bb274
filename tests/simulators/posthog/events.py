"""The events table: rows that collapse by (uuid, day, event, distinct_id), and the order that queries see."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.simulators.posthog.timestamps import moment_of, moment_text

LOW_HALF = (1 << 64) - 1
Position = tuple[datetime, tuple[int, int] | str]
Placed = tuple[Position, "Event"]
EVERY_NAME = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One event as ingested. `uuid` is in its canonical form, `stored_at` in Unix seconds of the service's clock."""

    uuid: str
    event: str
    distinct_id: str
    timestamp: datetime
    properties: dict[str, Any]
    historical_migration: bool = False
    stored_at: float = 0.0

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What two events have in common of which only the newest remains."""
        return (self.uuid, self.timestamp.date().isoformat(), self.event, self.distinct_id)

    def as_json(self) -> dict[str, Any]:
        """The event with its time as text."""
        return asdict(self) | {"timestamp": moment_text(self.timestamp)}


def event_from_json(value: Any) -> Event:
    """Takes up what `as_json` gave, or a seeded event. Raises `ValueError`, `KeyError`."""
    moment = moment_of(value["timestamp"])
    if moment is None:
        message = f"an event's timestamp is ISO text, got {value['timestamp']!r}"
        raise ValueError(message)
    fields = {"properties": {}, **value, "timestamp": moment, "uuid": str(UUID(value["uuid"]))}
    return Event(**fields)


def uuid_position(uuid: str, order: str) -> tuple[int, int] | str:
    """Where a uuid sorts: ClickHouse compares the second half first, `text` the characters. Raises `ValueError`."""
    if order == "text":
        return uuid
    number = UUID(uuid).int
    return (number & LOW_HALF, number >> 64)


class EventTable:
    """Rows by identity; several only until they are merged."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, str, str], list[Event]] = {}
        self._sorted: dict[tuple[str, str], list[Placed]] = {}

    def store(self, event: Event, now: float) -> None:
        """Adds a row; it replaces those of its identity once they are merged."""
        self._rows.setdefault(event.identity, []).append(replace(event, stored_at=now))
        self._sorted.clear()

    def placed(self, name: str, order: str, merge_delay: float, now: float) -> list[Placed]:
        """The visible events of a name (`EVERY_NAME`: all) by timestamp and uuid, each with its position."""
        if merge_delay > 0:
            return _sorted(self.visible(merge_delay, now), name, order)
        if (name, order) not in self._sorted:
            self._sorted[name, order] = _sorted(self.visible(0, now), name, order)
        return self._sorted[name, order]

    def visible(self, merge_delay: float, now: float) -> list[Event]:
        """The newest of each identity, and older ones for `merge_delay` seconds after it."""
        found: list[Event] = []
        for rows in self._rows.values():
            merged = now >= rows[-1].stored_at + merge_delay
            found += rows[-1:] if merged else rows
        return found

    def rows(self) -> list[Event]:
        """Every row, superseded ones included, in the order of their identities."""
        return [row for identity in sorted(self._rows) for row in self._rows[identity]]

    def load(self, events: Iterable[Event]) -> None:
        """Takes in rows as they are."""
        for event in events:
            self._rows.setdefault(event.identity, []).append(event)
        self._sorted.clear()


def _sorted(events: Iterable[Event], name: str, order: str) -> list[Placed]:
    chosen = (event for event in events if name in (EVERY_NAME, event.event))
    placed: list[Placed] = [((event.timestamp, uuid_position(event.uuid, order)), event) for event in chosen]
    return sorted(placed, key=lambda each: each[0])
