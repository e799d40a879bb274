"""Made-up events and persons in numbers: spread over days, many on one timestamp, some arriving late."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tests.simulators.posthog.events import Event
from tests.simulators.posthog.persons import Person, person_id
from tests.simulators.posthog.timestamps import moment_of

BEGINNING = "2026-06-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Order:
    """What to make: of `events`, `tied` share one timestamp in the middle and `late` arrive `late_seconds` later, those
    of the last `late_span_seconds` (0: of the whole time)."""

    events: int
    persons: int
    days: int
    tied: int
    late: int
    late_seconds: float
    late_span_seconds: float
    urls: int
    visitors: int
    event: str
    beginning: datetime


def order_from_json(value: Mapping[str, Any]) -> Order:
    """Reads an order; by default 7,500 page views over 3 days, 1,200 tied and 50 late, and 20,000 persons.

    Raises `ValueError` for an unknown key, or numbers that don't go together.
    """
    defaults = {"events": 7_500, "persons": 20_000, "days": 3, "tied": 1_200, "late": 50, "urls": 40, "visitors": 500}
    known = {
        **defaults,
        "lateSeconds": 3_600,
        "lateSpanSeconds": 0,
        "event": "$pageview",
        "beginning": BEGINNING,
        "projectId": 0,
    }
    chosen = {**known, **value}
    beginning = moment_of(chosen["beginning"])
    if set(chosen) != set(known) or beginning is None or chosen["tied"] + chosen["late"] > chosen["events"]:
        message = f"an order has any of {sorted(known)}, and no more tied and late than events; got {dict(value)}"
        raise ValueError(message)
    numbers = {name: int(chosen[name]) for name in defaults}
    late = {"late_seconds": float(chosen["lateSeconds"]), "late_span_seconds": float(chosen["lateSpanSeconds"])}
    return Order(**numbers, **late, event=str(chosen["event"]), beginning=beginning)


def generated_events(order: Order) -> Iterator[tuple[Event, bool]]:
    """Each event and whether it is late; the same order gives the same events."""
    span = timedelta(days=order.days)
    # A millisecond off, since one of the others may stand right in the middle.
    tie = order.beginning + span / 2 + timedelta(milliseconds=1)
    spread = max(order.events - order.tied, 1)
    share = order.late_span_seconds / span.total_seconds() if order.late_span_seconds else 1.0
    first_late = spread - int(spread * min(share, 1.0))
    distance = max((spread - first_late) // max(order.late, 1), 1)
    for number in range(order.events):
        place = number - order.tied
        moment = tie if place < 0 else order.beginning + span * place / spread
        # Late ones stand at equal distances.
        steps, rest = divmod(place - first_late, distance)
        is_late = place >= first_late and rest == 0 and steps < order.late
        yield _event(order, number, moment), is_late


def generated_persons(order: Order, project_id: int) -> Iterator[Person]:
    """Each person; their times of creation come in pairs."""
    for number in range(order.persons):
        distinct_id = f"person-{number:06d}"
        created = order.beginning + timedelta(seconds=number // 2)
        properties = {"email": f"{distinct_id}@example.com", "plan": ("free", "pro", "team")[number % 3]}
        yield Person(person_id(project_id, distinct_id), [distinct_id], created, properties)


def _event(order: Order, number: int, moment: datetime) -> Event:
    uuid = str(uuid5(NAMESPACE_URL, f"{order.event} {number}"))
    properties = {
        "$current_url": f"https://www.example.com/articles/{number % order.urls:04d}",
        "$process_person_profile": False,
        "number": number,
    }
    return Event(uuid, order.event, f"visitor-{number % order.visitors:05d}", moment, properties)
