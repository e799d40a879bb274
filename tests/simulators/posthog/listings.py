"""The lists of the private API, with their traps: pages that are short, clamped, or point at themselves."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from tests.simulators.exchange import Request
from tests.simulators.posthog.errors import Refused, invalid
from tests.simulators.posthog.events import EVERY_NAME, Event
from tests.simulators.posthog.persons import Person, PersonTable
from tests.simulators.posthog.reader import Reader
from tests.simulators.posthog.switches import PostHogSwitches
from tests.simulators.posthog.timestamps import moment_of, moment_text

PAGE = 100
OFFSET_MAXIMUM = 50_000
RANGE_MAXIMUM = timedelta(days=366)


def list_persons(request: Request, persons: PersonTable, switches: PostHogSwitches) -> dict[str, Any]:
    """A page of persons, the newest first. Deleted ones take up places in it, unless it is filtered."""
    limit, offset = _limit(request, switches), _number(request, "offset", 0)
    chosen, every = _chosen(request, persons), switches.person_ghost_every
    if len(chosen) < len(persons.ordered()) or every < 2:
        every = 0
    page = [
        chosen[index]
        for place in range(offset, offset + limit)
        if not _is_ghost(place, every) and (index := place - _ghosts_before(place, every)) < len(chosen)
    ]
    end = offset + limit
    following = None
    if end - _ghosts_before(end, every) < len(chosen):
        repeats = switches.next_repeats_from_page
        stuck = 0 < repeats <= offset // limit + 1
        following = _url(request, {"limit": limit, "offset": offset if stuck else end})
    return {"next": following, "previous": None, "results": [person.as_json() for person in page]}


def list_events(request: Request, reader: Reader) -> dict[str, Any]:
    """A page of events, the newest first; `next` goes on before the last one's time, so that ties are lost."""
    switches = reader.switches
    limit, offset = _limit(request, switches), _number(request, "offset", 0)
    if offset > OFFSET_MAXIMUM:
        raise Refused(invalid(f"Offset may not be greater than {OFFSET_MAXIMUM}", "offset"))
    since, until = _range(request, reader.now)
    name = request.parameters.get("event", EVERY_NAME)
    wanted = request.parameters.get("distinct_id")
    events = [event for _, event in reader.window(name, since, until) if wanted in (None, event.distinct_id)]
    newest = events[::-1][offset:]
    page = newest[:limit]
    following = None
    if len(newest) > limit:
        stuck = 0 < switches.next_repeats_from_page <= (2 if "before" in request.parameters else 1)
        change = {} if stuck else {"before": moment_text(page[-1].timestamp)}
        following = _url(request, {"limit": limit, **change})
    return {"next": following, "results": [_event_json(event, reader) for event in page]}


def numbered(request: Request, results: list[Any]) -> dict[str, Any]:
    """A list with its count, by limit and offset."""
    limit, offset = _number(request, "limit", PAGE), _number(request, "offset", 0)
    following = _url(request, {"limit": limit, "offset": offset + limit}) if offset + limit < len(results) else None
    page = results[offset : offset + limit]
    return {"count": len(results), "next": following, "previous": None, "results": page}


def _chosen(request: Request, persons: PersonTable) -> list[Person]:
    wanted = request.parameters
    if "properties" in wanted:
        raise Refused(invalid("The simulator doesn't filter persons by properties", "properties"))
    if "distinct_id" in wanted:
        person = persons.of(wanted["distinct_id"])
        return [person] if person else []
    found = persons.ordered()
    if "email" in wanted:
        found = [person for person in found if person.properties.get("email") == wanted["email"]]
    if wanted.get("search"):
        found = [person for person in found if _mentions(person, wanted["search"].lower())]
    return found


def _mentions(person: Person, text: str) -> bool:
    named = [person.properties.get("email"), person.properties.get("name"), *person.distinct_ids]
    return any(text in each.lower() for each in named if isinstance(each, str))


def _is_ghost(place: int, every: int) -> bool:
    return every > 0 and place % every == every // 2


def _ghosts_before(place: int, every: int) -> int:
    return max(place - every // 2 + every - 1, 0) // every if every else 0


def _range(request: Request, now: float) -> tuple[datetime, datetime]:
    given = {name: moment_of(request.parameters[name]) for name in ("after", "before") if name in request.parameters}
    for name, moment in given.items():
        if moment is None:
            raise Refused(invalid(f"Invalid date: {request.parameters[name]}", name))
    latest = datetime.fromtimestamp(now, UTC)
    since = given.get("after") or latest - timedelta(days=1)
    until = given.get("before") or latest + timedelta(seconds=5)
    if until - since > RANGE_MAXIMUM:
        raise Refused(invalid("Invalid date range: after and before may be at most a year apart", "after"))
    return since, until


def _event_json(event: Event, reader: Reader) -> dict[str, Any]:
    person = reader.data.persons.of(event.distinct_id)
    shown = {"distinct_ids": person.distinct_ids, "properties": person.properties} if person else None
    return {
        "id": event.uuid,
        "distinct_id": event.distinct_id,
        "properties": event.properties,
        "event": event.event,
        "timestamp": moment_text(event.timestamp),
        "person": shown,
        "elements": [],
    }


def _limit(request: Request, switches: PostHogSwitches) -> int:
    return min(_number(request, "limit", PAGE) or PAGE, switches.page_limit_maximum)


def _number(request: Request, name: str, default: int) -> int:
    text = request.parameters.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else default


def _url(request: Request, changes: Mapping[str, Any]) -> str:
    """The request's own address with other parameters, absolute, on the host it was asked at; never a key."""
    parameters = {**request.parameters, **changes}
    parameters.pop("personal_api_key", None)
    return f"http://{request.headers.get('host', '127.0.0.1')}{request.raw_path}?{urlencode(parameters)}"
