"""The PostHog simulator as the shared server runs it: switches, accounts, state and admin actions around the API."""

from collections.abc import Mapping
from typing import Any

from tests.simulators.admin import json_object
from tests.simulators.clock import AdjustableClock
from tests.simulators.exchange import Answer, MalformedJson, Request
from tests.simulators.posthog.accounts import Accounts
from tests.simulators.posthog.capture import CAPTURE_PATHS, Capture
from tests.simulators.posthog.errors import Refused, capture_refusal, not_found, refusal
from tests.simulators.posthog.generator import generated_events, generated_persons, order_from_json
from tests.simulators.posthog.known_queries import KNOWN_QUERIES
from tests.simulators.posthog.notes import notes_of, query_without_keys
from tests.simulators.posthog.private_api import PrivateApi
from tests.simulators.posthog.query_cache import QueryCache
from tests.simulators.posthog.resources import Backend
from tests.simulators.posthog.switches import PostHogSwitches
from tests.simulators.posthog.throttle import SlidingWindows
from tests.simulators.posthog.warehouse import Warehouse
from tests.simulators.service import AdminAction
from tests.simulators.switches import as_json, changed

ACCOUNTS = frozenset({"projects", "keys"})


class PostHogService:
    """One region's projects, capture and private API on one address, as a self-hosted PostHog has them."""

    name = "posthog"
    content_encodings = ("gzip",)

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        self.clock = AdjustableClock()
        self._warehouse = Warehouse()
        self._rates = SlidingWindows()
        self._cache = QueryCache()
        self._initial = dict(configuration)
        self._switches, self._accounts = PostHogSwitches(), Accounts()
        self.configure(configuration)

    def answer(self, request: Request) -> Answer:
        """Answers with the switches and accounts as they are when the request is handled."""
        switches, accounts = self._switches, self._accounts
        is_capture = request.segments in CAPTURE_PATHS
        try:
            if switches.host_role == ("app" if is_capture else "ingest"):
                return not_found()
            if is_capture:
                return Capture(self._warehouse, self.clock, switches, accounts).answer(request)
            backend = Backend(self._warehouse, self.clock, self._rates, self._cache, switches)
            return PrivateApi(backend, accounts).answer(request)
        except Refused as refused:
            return refused.answer

    def describe(self, request: Request) -> dict[str, Any]:
        """Of capture the events' number and uuids, of a query its text and values; no key, wherever it stands."""
        query = query_without_keys(request)
        try:
            return {"query": query, **notes_of(request)}
        except (Refused, MalformedJson):
            return {"query": query}

    def refusal(self, status: int) -> Answer:
        """The body that goes with a status which a fault asks for."""
        return refusal(status)

    def refusal_for(self, status: int, reason: str) -> Answer:
        """The body of the private API, or with the reason `capture` that of capture."""
        return capture_refusal(status) if reason == "capture" else refusal(status)

    def admin_actions(self) -> Mapping[tuple[str, str], AdminAction]:
        """Seed, generate, dump, settle and the list of known queries."""
        return {
            ("POST", "seed"): self._seed,
            ("POST", "generate"): self._generate,
            ("GET", "dump"): self._dump,
            ("POST", "settle"): lambda _: {"settled": self._warehouse.settle(self.clock.timestamp())},
            ("GET", "queries"): lambda _: {"queries": {known.name: known.text for known in KNOWN_QUERIES}},
        }

    def configuration(self) -> dict[str, Any]:
        """The switches, and the accounts without their secrets."""
        return {**as_json(self._switches), **self._accounts.described()}

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Changes switches, and replaces projects and keys where they are given."""
        switches = {key: value for key, value in changes.items() if key not in ACCOUNTS}
        accounts = self._accounts.changed(changes)
        self._switches, self._accounts = changed(self._switches, switches), accounts

    def reset(self) -> None:
        """Empties everything and returns to the switches and accounts of the start."""
        self._warehouse.clear()
        self._rates.clear()
        self._cache.clear()
        self._switches, self._accounts = PostHogSwitches(), Accounts()
        self.configure(self._initial)

    def export_state(self) -> dict[str, Any]:
        """Everything stored."""
        return self._warehouse.export()

    def import_state(self, state: Mapping[str, Any]) -> None:
        """Takes up everything stored."""
        self._warehouse.load(state)

    def _seed(self, request: Request) -> dict[str, Any]:
        body = json_object(request)
        now = self.clock.timestamp()
        return {"seeded": self._warehouse.seed(self._project_id(body), body["documents"], now)}

    def _generate(self, request: Request) -> dict[str, Any]:
        body = json_object(request)
        order, project_id, now = order_from_json(body), self._project_id(body), self.clock.timestamp()
        with self._warehouse.lock:
            data = self._warehouse.project(project_id, now)
            for event, is_late in generated_events(order):
                data.accept(event, now + order.late_seconds if is_late else now)
            for person in generated_persons(order, project_id):
                data.persons.add(person)
            data.ingest(now)
            return {"events": order.events, "persons": order.persons, "pending": len(data.pending())}

    def _dump(self, request: Request) -> dict[str, Any]:
        wanted = request.parameters
        now = self.clock.timestamp()
        with self._warehouse.lock:
            data = self._warehouse.project(self._project_id(wanted), now)
            match wanted.get("kind", "events"):
                case "events":
                    found = [event.as_json() for event in data.events.rows()]
                case "pending":
                    found = [event.as_json() | {"visibleAt": due} for due, event in data.pending()]
                case "persons":
                    found = [person.as_json() for person in data.persons.ordered()]
                case other:
                    message = f"kind is events, pending or persons, got {other!r}"
                    raise ValueError(message)
        kept = [each for each in found if wanted.get("event") in (None, each.get("event"))]
        return {"count": len(kept), "documents": kept}

    def _project_id(self, given: Mapping[str, Any]) -> int:
        return int(given.get("projectId") or self._accounts.projects[0].id)
