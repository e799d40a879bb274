"""Capture: takes events for whoever names a project's token, and says nothing about what becomes of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.simulators.clock import AdjustableClock
from tests.simulators.exchange import Answer, Request, json_answer
from tests.simulators.posthog.accounts import Accounts
from tests.simulators.posthog.errors import Refused, plain
from tests.simulators.posthog.incoming import Arrival, decoded_body, payload_of, raw_events, read_events
from tests.simulators.posthog.switches import PostHogSwitches
from tests.simulators.posthog.warehouse import Warehouse

BATCH_PATHS = frozenset({("batch",)})
EVENT_PATHS = frozenset({("i", "v0", "e"), ("e",), ("capture",), ("track",), ("engage",)})
CAPTURE_PATHS = BATCH_PATHS | EVENT_PATHS
TOKEN_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class Capture:
    """Answers one request with the switches and accounts in force."""

    warehouse: Warehouse
    clock: AdjustableClock
    switches: PostHogSwitches
    accounts: Accounts

    def answer(self, request: Request) -> Answer:
        """Accepts the request's events. Raises `Refused` with the answer that refuses it whole."""
        if request.method != "POST":
            raise Refused(plain(405, ""))
        payload = payload_of(request, self._body(request))
        values = raw_events(payload)
        self._refuse_large(values)
        shared = payload if isinstance(payload, dict) else {}
        token = _token(shared, values)
        accepted = self._read(request, shared, values)
        limited = self.switches.quota_limited.split(",") if self.switches.quota_limited else []
        project = self.accounts.project_of_token(token)
        if project is not None and "events" not in limited:
            self._queue(project.id, accepted)
        return json_answer(200, {"status": "Ok", **({"quota_limited": limited} if limited else {})})

    def _body(self, request: Request) -> bytes:
        switches = self.switches
        maximum = switches.batch_bytes if request.segments in BATCH_PATHS else switches.event_bytes
        body = decoded_body(request, maximum)
        if len(body) > maximum:
            raise Refused(plain(switches.too_large_status, f"maximum event size exceeded: limit is {maximum} bytes"))
        return body

    def _refuse_large(self, values: list[Mapping[str, Any]]) -> None:
        """One event that is too large for the stream behind capture refuses its whole request."""
        maximum = self.switches.batched_event_bytes
        if maximum and any(len(json.dumps(value)) > maximum for value in values):
            raise Refused(
                plain(self.switches.too_large_status, f"maximum event size exceeded: limit is {maximum} bytes")
            )

    def _read(self, request: Request, shared: Mapping[str, Any], values: list[Mapping[str, Any]]) -> list[Any]:
        arrival = Arrival(
            now=self.clock.now(),
            sent_at=shared.get("sent_at"),
            historical_migration=shared.get("historical_migration") is True,
            default_name="$identify" if request.segments == ("engage",) else None,
            new_uuid=self.warehouse.generated_uuid,
        )
        return [event for event, ingested in read_events(values, arrival, self.switches) if ingested]

    def _queue(self, project_id: int, events: list[Any]) -> None:
        now = self.clock.timestamp()
        switches = self.switches
        with self.warehouse.lock:
            project = self.warehouse.project(project_id, now)
            for event in events:
                historical = event.historical_migration
                delay = switches.historical_delay_seconds if historical else switches.ingestion_delay_seconds
                project.accept(event, now + delay)


def _token(shared: Mapping[str, Any], values: Sequence[Mapping[str, Any]]) -> str:
    """The one token of the request, checked by its shape alone. Raises `Refused` (401)."""
    given = _named(shared)
    tokens = {given} if given is not None else {_named(value) for value in values}
    if tokens == {None}:
        raise Refused(plain(401, "event submitted without an api_key"))
    if len(tokens) > 1:
        raise Refused(plain(401, "batch submitted with inconsistent api_key values"))
    token = str(tokens.pop())
    reason = _shape_fault(token)
    if reason:
        raise Refused(plain(401, f"API key is not valid: {reason}"))
    return token


def _named(value: Mapping[str, Any]) -> str | None:
    properties = value.get("properties")
    inner = properties.get("token") if isinstance(properties, dict) else None
    found = value.get("api_key", value.get("token", inner))
    return found if isinstance(found, str) else None


def _shape_fault(token: str) -> str:
    if not token:
        return "empty"
    if len(token) > TOKEN_CHARACTERS:
        return "too_long"
    if not token.isascii():
        return "not_ascii"
    if token.startswith("phx_"):
        return "personal_api_key"
    return "null_byte" if "\0" in token else ""
