"""Reads events out of a capture request's body (PROVIDERS 3.2)."""

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.simulators.exchange import MalformedJson, Request
from tests.simulators.posthog.errors import Refused, plain
from tests.simulators.posthog.events import Event
from tests.simulators.posthog.switches import PostHogSwitches
from tests.simulators.posthog.timestamps import event_moment

GZIP_MAGIC = b"\x1f\x8b"
GZIP_WINDOW = 31
NAME_CHARACTERS = 200
ILLEGAL_IDS = frozenset(
    {"anonymous", "guest", "distinctid", "distinct_id", "id", "not_authenticated", "email", "undefined", "true"}
    | {"false", "null", "none", "nan", "0", "[object object]", "00000000-0000-0000-0000-000000000000"}
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the events of one request have in common."""

    now: datetime
    sent_at: Any
    historical_migration: bool
    default_name: str | None
    new_uuid: Callable[[], str]


def decoded_body(request: Request, maximum: int) -> bytes:
    """The body without its gzip, which header, query or its first bytes tell; little more of it than `maximum` bytes.

    Raises `Refused` (400).
    """
    hinted = "gzip" in (request.headers.get("content-encoding"), request.parameters.get("compression"))
    if not hinted and not request.body.startswith(GZIP_MAGIC):
        return request.body
    decoder = zlib.decompressobj(wbits=GZIP_WINDOW)
    try:
        body = decoder.decompress(request.body, maximum + 1)
    except zlib.error as error:
        raise Refused(plain(400, "failed to decode request: invalid GZIP data")) from error
    if len(body) <= maximum and not decoder.eof:
        raise Refused(plain(400, "failed to decode request: invalid GZIP data"))
    return body


def payload_of(request: Request, body: bytes) -> Any:
    """The body as JSON. Raises `Refused` (400)."""
    if not body.strip():
        raise Refused(plain(400, "failed to parse request: empty payload"))
    try:
        return replace(request, body=body).json
    except MalformedJson as error:
        raise Refused(plain(400, f"failed to parse request: {error}")) from error


def raw_events(payload: Any) -> list[Mapping[str, Any]]:
    """The events of a batch, a list or a single event. Raises `Refused` (400)."""
    values = payload
    if isinstance(payload, dict):
        values = payload.get("batch", [payload])
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise Refused(plain(400, "failed to parse request: events are objects, in `batch` or alone"))
    if not values:
        raise Refused(plain(400, "request contains an empty batch"))
    return values


def read_events(
    values: list[Mapping[str, Any]], arrival: Arrival, switches: PostHogSwitches
) -> Iterator[tuple[Event, bool]]:
    """Each event, and whether it is ingested; one that can't be parsed refuses the whole request (`Refused`, 400)."""
    for value in values:
        event = _event(value, arrival, switches)
        legal = event.distinct_id != "" and len(event.event) <= NAME_CHARACTERS
        legal = legal and len(event.distinct_id) <= NAME_CHARACTERS and event.distinct_id.lower() not in ILLEGAL_IDS
        yield event, event.distinct_id != "" and (legal or not switches.drop_illegal_names)


def _event(value: Mapping[str, Any], arrival: Arrival, switches: PostHogSwitches) -> Event:
    name = value.get("event", arrival.default_name)
    properties = value.get("properties") or {}
    if not isinstance(name, str) or not isinstance(properties, dict):
        raise Refused(plain(400, "failed to parse request: invalid type or missing field `event` or `properties`"))
    if not name:
        raise Refused(plain(400, "event submitted with an empty event name"))
    properties = dict(properties)
    for key in ("$set", "$set_once"):
        if isinstance(value.get(key), dict):
            properties[key] = {**(properties.get(key) or {}), **value[key]}
    corrected = switches.sent_at_correction and not properties.get("$ignore_sent_at")
    sent_at = arrival.sent_at if corrected else None
    moment = event_moment(value.get("timestamp"), sent_at, arrival.now, switches.future_hours)
    distinct_id = _distinct_id(value, properties, switches)
    uuid = _uuid(value.get("uuid"), arrival)
    return Event(uuid, name, distinct_id, moment, properties, arrival.historical_migration)


def _distinct_id(value: Mapping[str, Any], properties: Mapping[str, Any], switches: PostHogSwitches) -> str:
    given = value.get("distinct_id", properties.get("distinct_id", value.get("$distinct_id")))
    if given in (None, ""):
        if switches.missing_distinct_id == "refused":
            raise Refused(plain(400, "event submitted without a distinct_id"))
        return ""
    return given if isinstance(given, str) else str(given)


def _uuid(given: Any, arrival: Arrival) -> str:
    if given in (None, ""):
        return arrival.new_uuid()
    try:
        return str(UUID(given))
    except (ValueError, AttributeError, TypeError) as error:
        raise Refused(plain(400, f"failed to parse request: UUID parsing failed: {given!r}")) from error
