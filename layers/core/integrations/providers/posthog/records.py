"""The kinds of things that are exchanged with PostHog, the rules of their names, and their times."""

from datetime import UTC, datetime
from enum import StrEnum

from integrations.domain.errors import RecordRejected
from integrations.mapping.paths import MISSING, Json, describe

PERSON, PAGEVIEWS, EVENT_PREFIX = "person", "pageviews", "event:"
DISTINCT_ID_CHARACTERS_MAXIMUM = 200
REFUSED_IDS = frozenset(
    {"anonymous", "guest", "distinctid", "distinct_id", "id", "not_authenticated", "email", "undefined", "true"}
    | {"false", "null", "none", "nan", "0", "[object object]", "00000000-0000-0000-0000-000000000000"}
)
"""Ids that would lump all persons together; PostHog drops their events without a word
(PostHog/posthog `rust/capture/src/v1/analytics/constants.rs`)."""
OUR_LIBRARY = "wiserows"
"""`$lib` of the events that we push, by which a pull leaves them out."""


class Kind(StrEnum):
    """What a remote type is a type of, in the order in which a pull reads them."""

    PERSON = "persons"
    PAGEVIEWS = "pageviews"
    EVENT = "events"


def kind_of(remote_type: str) -> Kind:
    """The kind of `person`, `pageviews` or `event:<name>`."""
    if remote_type == PERSON:
        return Kind.PERSON
    return Kind.PAGEVIEWS if remote_type == PAGEVIEWS else Kind.EVENT


def event_name(remote_type: str) -> str:
    """The event's name in `event:<name>`."""
    return remote_type.removeprefix(EVENT_PREFIX)


def can_be_pushed(remote_type: str) -> bool:
    """Whether records of the type are sent: page views are counted by PostHog, and `$` marks events of its own."""
    return kind_of(remote_type) is not Kind.PAGEVIEWS and not event_name(remote_type).startswith("$")


def checked_distinct_id(value: Json) -> str:
    """The distinct id. Raises `RecordRejected` for one that PostHog would drop in silence."""
    if value is None or value is MISSING:
        message = "distinct_id is missing"
    elif not isinstance(value, str):
        message = f"distinct_id has to be a text, and is {describe(value)}"
    elif not value.strip():
        message = "distinct_id is empty"
    elif len(value) > DISTINCT_ID_CHARACTERS_MAXIMUM:
        message = f"distinct_id has {len(value)} characters; PostHog takes {DISTINCT_ID_CHARACTERS_MAXIMUM}"
    elif value.strip().lower() in REFUSED_IDS:
        message = f"PostHog drops records with the distinct_id {value!r}, which names nobody"
    else:
        return value
    raise RecordRejected(message, code="distinct_id_refused")


def parsed_time(text: str) -> datetime:
    """ISO 8601 text as a time in UTC; without a zone it is UTC. Raises `ValueError`."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def time_text(moment: datetime) -> str:
    """`2026-01-01T00:00:00Z`, with a fraction where there is one."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def millisecond_text(moment: datetime) -> str:
    """The time cut to the millisecond, to which alone all of PostHog's answers agree on a person's time."""
    whole = moment.replace(microsecond=moment.microsecond // 1_000 * 1_000)
    if not whole.microsecond:
        return time_text(whole)
    return whole.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sortable_time_text(moment: datetime) -> str:
    """Always six digits of fraction: sorts as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
