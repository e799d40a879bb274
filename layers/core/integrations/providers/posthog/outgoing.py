"""What a record becomes on the wire: an event, and for a person one that only sets properties (`$set`).

PostHog takes two events of the same uuid, name, distinct id and day for one (its table is a ReplacingMergeTree,
PostHog/posthog `posthog/models/event/sql.py`). So uuid and time follow from the entity's state, never from the moment
of sending, and what is sent again collapses. For the same reason there is no `sent_at`: by it, PostHog would move the
time by what the request took, at midnight into another day.
"""

import gzip
import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from integrations.domain.errors import RecordRejected
from integrations.mapping.paths import Json, describe, parse_path, write_path
from integrations.providers.contract import OutgoingRecord, Rejected
from integrations.providers.posthog.records import (
    OUR_LIBRARY,
    Kind,
    checked_distinct_id,
    event_name,
    kind_of,
    parsed_time,
    time_text,
)

EVENT_BYTES_MAXIMUM = 900 * 1_024
"""PostHog's own client drops larger events (posthog-python `consumer.py`)."""
HISTORICAL_HOURS = 48
"""Events older than that take PostHog's lane for backfills, so that they don't hold up what happens now. Persons never
do: lanes run at different speeds, and an older value could arrive after a newer one."""
FUTURE_HOURS_MAXIMUM = 23
"""PostHog replaces later times by its own, which would differ each time the event is sent."""
_NAMESPACE = UUID("6d1fb6d4-3c0c-5b3e-9a27-6a4d6f0f8f3b")
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_PROPERTIES = "properties"


@dataclass(frozen=True, slots=True)
class PreparedRecord:
    """A record of a batch (at `position`) with its event as it is sent; empty where there is nothing to send."""

    position: int
    record: OutgoingRecord
    event: bytes
    is_historical: bool = False


def prepare(position: int, record: OutgoingRecord, now: datetime) -> PreparedRecord | Rejected:
    """The record ready to be sent, or refused here: PostHog would drop it in silence, or refuse its whole body."""
    try:
        prepared = _prepared(position, record, now)
    except RecordRejected as error:
        return Rejected(record.entity_id, error.code, error.message)
    except UnicodeEncodeError:
        message = "a text holds half of a surrogate pair, which is no valid Unicode"
        return Rejected(record.entity_id, "not_json", message)
    except (TypeError, ValueError, RecursionError):
        message = "a value can't be written as JSON (not a number, of an unknown type, or nested too deeply)"
        return Rejected(record.entity_id, "not_json", message)
    if len(prepared.event) > EVENT_BYTES_MAXIMUM:
        message = f"{len(prepared.event):,} bytes; PostHog takes {EVENT_BYTES_MAXIMUM:,} a record"
        return Rejected(record.entity_id, "payload_too_large", message)
    return prepared


def _prepared(position: int, record: OutgoingRecord, now: datetime) -> PreparedRecord:
    is_person = kind_of(record.remote_type) is Kind.PERSON
    distinct_id = checked_distinct_id(record.targets.get("distinct_id"))
    sent = {target for target in record.changed & record.targets.keys() if _is_sent(target, is_person)}
    if not sent:
        return PreparedRecord(position, record, b"")
    moment = _updated_at(record) if is_person else _moment(record, now)
    named = {"uuid": event_uuid(record), "distinct_id": distinct_id, "timestamp": time_text(moment)}
    body = _person(record, sent) if is_person else _event(record)
    is_historical = not is_person and moment < now - timedelta(hours=HISTORICAL_HOURS)
    return PreparedRecord(position, record, _ENCODER.encode({**named, **body}).encode(), is_historical)


def event_uuid(record: OutgoingRecord) -> str:
    """Names the entity's state as what it is sent."""
    return str(uuid5(_NAMESPACE, f"{record.remote_type}|{record.updated_at}|{record.entity_id}"))


def batch_body(project_token: str, events: Sequence[bytes], *, is_historical: bool) -> bytes:
    """The compressed request; the same events make the same bytes."""
    before = _ENCODER.encode({"api_key": project_token, "historical_migration": is_historical}).encode()
    body = b"".join((before[:-1], b',"batch":[', b",".join(events), b"]}"))
    return gzip.compress(body, compresslevel=6, mtime=0)


def _is_sent(target: str, is_person: bool) -> bool:
    """Whether the target is written; the others are what PostHog says of a record (`created_at`, `views`)."""
    return target.startswith(f"{_PROPERTIES}.") or target == "distinct_id" or (target == "timestamp" and not is_person)


def _person(record: OutgoingRecord, sent: Set[str]) -> dict[str, Any]:
    """Sets what changed. PostHog sets a property as a whole, so of one that targets lead into (`properties.a.b`) all
    that is mapped is sent."""
    changed = {_property(target) for target in sent} - {None}
    values = {target: value for target, value in record.targets.items() if _property(target) in changed}
    return {"event": "$set", "$set": _properties(values), _PROPERTIES: _marks()}


def _event(record: OutgoingRecord) -> dict[str, Any]:
    """Every mapped property: each event is a new row."""
    return {
        "event": event_name(record.remote_type),
        _PROPERTIES: {**_properties(record.targets), **_marks()},
    }


def _properties(values: Mapping[str, Json]) -> dict[str, Any]:
    document: Json = {}
    for target in sorted(values):
        path = parse_path(target)
        if path[0] == _PROPERTIES and len(path) > 1:
            document = write_path(document, path[1:], values[target])
    return dict(document)


def _property(target: str) -> str | int | None:
    path = parse_path(target)
    return path[1] if path[0] == _PROPERTIES and len(path) > 1 else None


def _marks() -> dict[str, Any]:
    # Our own address says nothing of where the person is.
    return {"$lib": OUR_LIBRARY, "$geoip_disable": True}


def _moment(record: OutgoingRecord, now: datetime) -> datetime:
    """When the event happened: what is mapped to `timestamp`, else the entity's last change."""
    value = record.targets.get("timestamp")
    moment = _updated_at(record) if value is None else _mapped_moment(value)
    if moment > now + timedelta(hours=FUTURE_HOURS_MAXIMUM):
        message = f"the timestamp lies more than {FUTURE_HOURS_MAXIMUM} hours ahead, where PostHog puts its own time"
        raise RecordRejected(message, code="timestamp_refused")
    return moment


def _mapped_moment(value: Json) -> datetime:
    try:
        if isinstance(value, str):
            return parsed_time(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1_000, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    message = f"timestamp has to be ISO 8601 text or Unix milliseconds, and is {describe(value)} that is neither"
    raise RecordRejected(message, code="timestamp_refused")


def _updated_at(record: OutgoingRecord) -> datetime:
    return datetime.fromtimestamp(record.updated_at / 1_000, UTC)
