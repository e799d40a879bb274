"""Loops' HTTP API below `/api/v1`: who is asking, the rate, then the route (PROVIDERS 4.1, 4.2)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.simulators.exchange import Answer, MalformedJson, Request, json_answer
from tests.simulators.loops.audience import Audience, Contact
from tests.simulators.loops.changes import read_change, read_email, read_user_id
from tests.simulators.loops.errors import Refused, failure, invalid_key, refused
from tests.simulators.loops.events import EVENT_KEYS, read_event
from tests.simulators.loops.keys import ApiKeys
from tests.simulators.loops.properties import DEFAULT_PROPERTIES, new_property
from tests.simulators.loops.rate import TeamRate
from tests.simulators.loops.switches import LoopsSwitches
from tests.simulators.loops.team import Team

Handler = Callable[[Request], Answer]


@dataclass(frozen=True, slots=True)
class LoopsApi:
    """Answers one request with the switches in force."""

    team: Team
    rate: TeamRate
    switches: LoopsSwitches
    keys: ApiKeys

    @property
    def audience(self) -> Audience:
        """The team's contacts, properties and lists."""
        return self.team.audience

    def answer(self, request: Request) -> Answer:
        """Checks key and rate, then routes; whatever the answer, it says how much of the rate is left."""
        if not self.keys.is_known(request):
            return invalid_key()
        left = self._places_left(request)
        headers = self._rate_headers(left)
        try:
            answer = self._routed(request) if left >= 0 else self._too_many()
        except Refused as refusal:
            answer = refusal.answer
        except MalformedJson:
            answer = failure(400, "Invalid JSON body.")
        return replace(answer, headers={**answer.headers, **headers})

    def _places_left(self, request: Request) -> int:
        if not self.switches.rate_limits:
            return self.switches.requests_per_second
        limit, refused_count = self.switches.requests_per_second, self.switches.refused_requests_count
        return self.rate.arrive(request.arrived_at, limit, refused_count=refused_count)

    def _rate_headers(self, left: int) -> dict[str, str]:
        limit = self.switches.requests_per_second
        return {"x-ratelimit-limit": str(limit), "x-ratelimit-remaining": str(max(left, 0))}

    def _too_many(self) -> Answer:
        answer = failure(429, "Rate limit exceeded.")
        if not self.switches.retry_after_seconds:
            return answer
        return replace(answer, headers={**answer.headers, "retry-after": str(self.switches.retry_after_seconds)})

    def _routed(self, request: Request) -> Answer:
        routes = self._routes().get(request.raw_path)
        if routes is None:
            raise refused(404, "Not found.")
        if request.method not in routes:
            raise Refused(failure(405, "Method not allowed.") if self.switches.method_refusal_body else Answer(405))
        return routes[request.method](request)

    def _routes(self) -> dict[str, dict[str, Handler]]:
        return {
            "/api/v1/api-key": {"GET": self._test_key},
            "/api/v1/contacts/create": {"POST": self._create},
            "/api/v1/contacts/update": {"PUT": self._update},
            "/api/v1/contacts/find": {"GET": self._find},
            "/api/v1/contacts/delete": {"POST": self._delete},
            "/api/v1/contacts/properties": {"GET": self._list_properties, "POST": self._create_property},
            "/api/v1/lists": {"GET": self._list_lists},
            "/api/v1/events/send": {"POST": self._send_event},
        }

    def _test_key(self, _: Request) -> Answer:
        return json_answer(200, {"success": True, "teamName": self.switches.team_name})

    def _create(self, request: Request) -> Answer:
        with self.audience.lock:
            change = read_change(_body(request), self.audience.properties, self._list_ids(), self.switches)
            if change.email is None:
                raise refused(400, "An email is required.")
            return json_answer(200, {"success": True, "id": self.audience.create(change)["id"]})

    def _update(self, request: Request) -> Answer:
        with self.audience.lock:
            change = read_change(_body(request), self.audience.properties, self._list_ids(), self.switches)
            if change.email is None and change.user_id is None:
                raise refused(400, "An email or userId is required.")
            return json_answer(200, {"success": True, "id": self.audience.update(change, self.switches)["id"]})

    def _find(self, request: Request) -> Answer:
        with self.audience.lock:
            contact = self._named(dict(request.parameters))
            return json_answer(200, [self._shown(contact)] if contact else [])

    def _delete(self, request: Request) -> Answer:
        with self.audience.lock:
            contact = self._named(_body(request))
            if contact is None:
                raise refused(404, "Contact not found.")
            self.audience.delete(contact)
        return json_answer(200, {"success": True, "message": "Contact deleted."})

    def _named(self, given: dict[str, Any]) -> Contact | None:
        """The contact of the one identifier that is given. Raises `Refused` with 400 for none or both."""
        email = read_email(given.get("email") or None, self.switches)
        user_id = read_user_id(given.get("userId"), self.switches)
        if email and user_id:
            raise refused(400, "Only one of email and userId is permitted.")
        if not email and not user_id:
            raise refused(400, "An email or userId is required.")
        return self.audience.find(email, user_id)

    def _shown(self, contact: Contact) -> Contact:
        custom = {key: contact.get(key) for key in self.audience.properties}
        if not self.switches.report_empty_properties:
            custom = {key: value for key, value in custom.items() if value is not None}
        return {key: value for key, value in contact.items() if key not in self.audience.properties} | custom

    def _list_properties(self, request: Request) -> Answer:
        wanted = request.parameters.get("list", "all")
        if wanted not in {"all", "custom"}:
            raise refused(400, "list must be all or custom.")
        custom = list(self.audience.properties.values())
        listed = custom if wanted == "custom" else [*DEFAULT_PROPERTIES, *custom]
        return json_answer(200, [each.as_json() for each in listed])

    def _create_property(self, request: Request) -> Answer:
        with self.audience.lock:
            made = new_property(_body(request), self.audience.properties, self.switches)
            self.audience.properties[made.key] = made
        return json_answer(200, {"success": True})

    def _list_lists(self, _: Request) -> Answer:
        return json_answer(200, list(self.audience.lists.values()))

    def _list_ids(self) -> frozenset[str]:
        return frozenset(self.audience.lists)

    def _send_event(self, request: Request) -> Answer:
        key, now = request.headers.get("idempotency-key", ""), self.team.clock.timestamp()
        with self.audience.lock:
            if key and self.team.idempotency.is_replay(key, request.body, now, self.switches):
                return json_answer(200, {"success": True})
            try:
                self._record_event(request, key)
            except (Refused, MalformedJson):
                if key and self.switches.failures_burn_keys:
                    self.team.idempotency.use(key, request.body, now)
                raise
            if key:
                self.team.idempotency.use(key, request.body, now)
        return json_answer(200, {"success": True})

    def _record_event(self, request: Request, key: str) -> None:
        body = _body(request)
        event = read_event(body, self.switches)
        lists = self._list_ids()
        change = read_change(body, self.audience.properties, lists, self.switches, leave_out=EVENT_KEYS)
        if change.email is None and change.user_id is None:
            raise refused(400, "An email or userId is required.")
        if change.email is None and self.audience.find(user_id=change.user_id) is None:
            raise refused(400, "Contact not found.")
        contact = self.audience.update(change, self.switches)
        self.team.events.append({**event, "contactId": contact["id"], "idempotencyKey": key or None})


def _body(request: Request) -> dict[str, Any]:
    """The body, which must be an object. Raises `Refused`, `MalformedJson`."""
    if not isinstance(request.json, dict):
        raise refused(400, "The body must be a JSON object.")
    return request.json
