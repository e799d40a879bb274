"""What the private API's resources answer, once it is known who asks for which project."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tests.simulators.clock import AdjustableClock
from tests.simulators.exchange import MalformedJson, Request
from tests.simulators.posthog.accounts import Project
from tests.simulators.posthog.errors import Refused, invalid, not_found, problem
from tests.simulators.posthog.hogql import answer_query
from tests.simulators.posthog.listings import list_events, list_persons
from tests.simulators.posthog.query_cache import QueryCache
from tests.simulators.posthog.reader import Reader
from tests.simulators.posthog.switches import PostHogSwitches
from tests.simulators.posthog.throttle import SlidingWindows
from tests.simulators.posthog.warehouse import Warehouse

BLOCKING = ("blocking", "force_blocking")


@dataclass(frozen=True, slots=True)
class Backend:
    """What resources are read from, with the switches in force."""

    warehouse: Warehouse
    clock: AdjustableClock
    rates: SlidingWindows
    cache: QueryCache
    switches: PostHogSwitches

    def reader(self, project: Project) -> Reader:
        """The project's data as of now; call and use it under the warehouse's lock."""
        now = self.clock.timestamp()
        return Reader(self.warehouse.project(project.id, now), self.switches, now)


@dataclass(frozen=True, slots=True)
class Route:
    """A resource: how it is asked for, the scope it needs, and the rate that counts it."""

    method: str
    scope: str
    rate: str
    answer: Callable[[Backend, Request, Project], Any]


def _query(backend: Backend, request: Request, project: Project) -> dict[str, Any]:
    text, values, refresh = _query_of(request)
    with backend.rates.under_way(f"team {project.id}", backend.switches.concurrent_queries):
        time.sleep(backend.switches.query_seconds)
        with backend.warehouse.lock:
            reader = backend.reader(project)
            name = json.dumps([project.id, text, values], sort_keys=True)
            kept = backend.cache.answer(name, reader.now, backend.switches.query_cache_seconds)
            is_cached = kept is not None and refresh == "blocking"
            found = kept if kept is not None and is_cached else answer_query(text, values, reader)
            if not is_cached:
                backend.cache.keep(name, reader.now, found)
    return {**found, "hogql": text, "timings": [], "query_status": None, "error": None, "is_cached": is_cached}


def _persons(backend: Backend, request: Request, project: Project) -> dict[str, Any]:
    with backend.warehouse.lock:
        return list_persons(request, backend.reader(project).data.persons, backend.switches)


def _person(backend: Backend, request: Request, project: Project) -> dict[str, Any]:
    with backend.warehouse.lock:
        person = backend.reader(project).data.persons.with_uuid(request.segments[4])
        if person is None:
            raise Refused(not_found())
        return person.as_json()


def _events(backend: Backend, request: Request, project: Project) -> dict[str, Any]:
    with backend.warehouse.lock:
        return list_events(request, backend.reader(project))


def project_json(project: Project) -> dict[str, Any]:
    """The project as it is listed; its token tells whether a write key is the right one."""
    return {
        "id": project.id,
        "uuid": str(uuid5(NAMESPACE_URL, f"project {project.id}")),
        "organization": str(uuid5(NAMESPACE_URL, "organization")),
        "name": project.name,
        "api_token": project.token,
        "timezone": "UTC",
        "created_at": "2025-01-01T00:00:00Z",
    }


def _query_of(request: Request) -> tuple[str, dict[str, Any], str]:
    try:
        body = request.json
    except MalformedJson as error:
        raise Refused(problem(400, "validation_error", "parse_error", f"JSON parse error - {error}")) from error
    query = body.get("query") if isinstance(body, dict) else None
    if not isinstance(query, dict):
        raise Refused(invalid("This field is required.", "query", code="required"))
    if query.get("kind") != "HogQLQuery" or not isinstance(query.get("query"), str):
        raise Refused(invalid("The simulator answers queries of kind HogQLQuery", "query"))
    values, refresh = query.get("values") or {}, body.get("refresh", "blocking")
    if not isinstance(values, dict) or refresh not in BLOCKING:
        raise Refused(invalid(f"values are an object, refresh is one of {BLOCKING} here", "refresh"))
    return query["query"], values, refresh


ROUTES = {
    (): Route("GET", "project:read", "crud", lambda _, __, project: project_json(project)),
    ("persons",): Route("GET", "person:read", "analytics", _persons),
    ("persons", "*"): Route("GET", "person:read", "analytics", _person),
    ("events",): Route("GET", "query:read", "analytics", _events),
    ("query",): Route("POST", "query:read", "query", _query),
}
