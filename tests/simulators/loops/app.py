"""The Loops simulator as the shared server runs it: switches, API keys, state and admin actions around the API."""

from collections.abc import Mapping
from typing import Any

from tests.simulators.admin import json_object
from tests.simulators.clock import AdjustableClock
from tests.simulators.exchange import Answer, MalformedJson, Request
from tests.simulators.loops.api import LoopsApi
from tests.simulators.loops.errors import Refused, ordered
from tests.simulators.loops.keys import ApiKeys, api_keys_from_json
from tests.simulators.loops.rate import TeamRate
from tests.simulators.loops.switches import LoopsSwitches, check_choices
from tests.simulators.loops.team import Team, lists_from_json, properties_from_json
from tests.simulators.loops.webhooks import LoopsWebhooks
from tests.simulators.service import AdminAction
from tests.simulators.switches import as_json, changed

STORED = ("apiKeys", "properties", "mailingLists")
DEFAULT_LISTS = [
    {"id": "cllist00000000000000news", "name": "News", "description": "What is new", "isPublic": True},
    {"id": "cllist000000000000closed", "name": "Customers", "description": None, "isPublic": False},
]


class LoopsService:
    """One team."""

    name = "loops"

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        self.clock = AdjustableClock()
        self._rate = TeamRate()
        self._switches = LoopsSwitches()
        self._keys = ApiKeys()
        self._team = Team(self.clock, LoopsWebhooks(lambda: self._switches, self.clock.timestamp))
        self._initial = {"properties": [], "mailingLists": DEFAULT_LISTS, **configuration}
        self.configure(self._initial)

    def answer(self, request: Request) -> Answer:
        """Answers with the switches and keys as they are when the request is handled."""
        return LoopsApi(self._team, self._rate, self._switches, self._keys).answer(request)

    def describe(self, request: Request) -> dict[str, Any]:
        """Whose contact is named, by which keys, with which event and idempotency key."""
        try:
            body = request.json if request.body else {}
        except MalformedJson:
            return {"keys": None}
        if not isinstance(body, dict):
            return {"keys": None}
        return {
            "keys": sorted(body),
            **{name: body[name] for name in ("email", "userId", "eventName") if name in body},
            "idempotencyKey": request.headers.get("idempotency-key"),
        }

    def refusal(self, status: int) -> Answer:
        """The body that goes with a status which a fault asks for; a 429 says that nothing of the rate is left."""
        answer = ordered(status)
        if status != 429:
            return answer
        limits = {"x-ratelimit-limit": str(self._switches.requests_per_second), "x-ratelimit-remaining": "0"}
        return Answer(answer.status, answer.body, {**answer.headers, **limits})

    def admin_actions(self) -> Mapping[tuple[str, str], AdminAction]:
        """Seed, dump and edit contacts; the events that came; the webhooks that went."""
        return {
            ("POST", "seed"): lambda request: {"seeded": self._team.audience.load(json_object(request)["documents"])},
            ("GET", "dump"): self._dump,
            ("POST", "edit"): self._edit,
            ("GET", "events"): lambda _: {"count": len(self._team.events), "events": list(self._team.events)},
            ("GET", "webhooks"): lambda _: {"webhooks": self._team.webhooks.deliveries()},
            ("POST", "webhooks/flush"): self._flush,
            ("POST", "webhooks/test"): self._test_webhook,
        }

    def configuration(self) -> dict[str, Any]:
        """The switches without the secret, properties and mailing lists, and how many API keys there are."""
        audience = self._team.audience
        return {
            **as_json(self._switches),
            "webhookSecret": "set" if self._switches.webhook_secret else "",
            "apiKeys": len(self._keys.secrets),
            "properties": [each.as_json() for each in audience.properties.values()],
            "mailingLists": list(audience.lists.values()),
        }

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Changes switches, and replaces API keys, custom properties and mailing lists where they are given."""
        others = {key: value for key, value in changes.items() if key not in STORED}
        switches = check_choices(changed(self._switches, others))
        keys = api_keys_from_json(changes["apiKeys"]) if "apiKeys" in changes else self._keys
        audience = self._team.audience
        properties = properties_from_json(changes["properties"]) if "properties" in changes else audience.properties
        lists = lists_from_json(changes["mailingLists"]) if "mailingLists" in changes else audience.lists
        with audience.lock:
            self._switches, self._keys, audience.properties, audience.lists = switches, keys, properties, lists

    def reset(self) -> None:
        """Empties the team and returns to the switches, keys, properties and lists of the start."""
        self._team.clear()
        self._rate.clear()
        self._switches, self._keys = LoopsSwitches(), ApiKeys()
        self.configure(self._initial)

    def export_state(self) -> dict[str, Any]:
        """The team's contacts, properties, lists, events and idempotency keys."""
        return self._team.export()

    def import_state(self, state: Mapping[str, Any]) -> None:
        """Takes up a team."""
        self._team.load(state)

    def _dump(self, request: Request) -> dict[str, Any]:
        contacts = self._team.audience.contacts()
        for name in ("id", "email", "userId"):
            if name in request.parameters:
                contacts = [each for each in contacts if each[name] == request.parameters[name]]
        return {"count": len(contacts), "documents": contacts}

    def _edit(self, request: Request) -> dict[str, Any]:
        try:
            return {"document": self._team.edit(json_object(request), self._switches)}
        except Refused as refusal:
            raise ValueError(refusal.answer.body.decode()) from refusal

    def _flush(self, request: Request) -> dict[str, Any]:
        return {"sent": self._team.webhooks.flush(is_reversed=bool(json_object(request).get("reverse")))}

    def _test_webhook(self, _: Request) -> dict[str, Any]:
        self._team.webhooks.announce("testing.testEvent", {"message": "test"})
        return {"announced": "testing.testEvent"}
