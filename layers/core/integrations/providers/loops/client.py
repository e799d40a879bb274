"""Loops' HTTP API, as far as it is used: the key's test, contacts, their properties.

https://loops.so/docs/api-reference; ten requests a second for each team:
https://loops.so/docs/api-reference/intro#rate-limiting
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from integrations.domain.errors import OutcomeUnknown, RetryLater
from integrations.providers.calls import ServiceAnswer, ServiceCall
from integrations.providers.connection import ConnectionSettings
from integrations.providers.http import ServiceClient
from integrations.providers.loops.contacts import encoded
from integrations.providers.loops.errors import CREATE, DELETE, FIND, UPDATE, read_fault
from integrations.providers.loops.spec import LoopsConfig, LoopsCredentials, own_hosts
from integrations.providers.pacing import RateLimit
from integrations.providers.refusals import Fault
from integrations.providers.retries import Repeatable

REQUESTS = RateLimit("loops-requests", calls=10, window_seconds=1.0)

_BASE = "/api/v1/"
_KEY, _PROPERTIES = "api-key", "contacts/properties"


class LoopsClient:
    """One team. Raises `ServiceError`s; refusals of a contact or a property are handed back, since the caller knows
    what they mean. May be used by several threads."""

    def __init__(self, config: LoopsConfig, credentials: LoopsCredentials, settings: ConnectionSettings) -> None:
        secrets = [credentials.api_key, *([credentials.webhook_secret] if credentials.webhook_secret else [])]
        headers = {
            "Authorization": f"Bearer {credentials.api_key.get_secret_value()}",
            "Accept": "application/json",
        }
        self.settings = settings
        self.config = config
        self._http = ServiceClient(
            "Loops", config.origin, own_hosts(config), settings, headers=headers, secrets=secrets
        )

    def team_name(self, deadline: float, *, attempts_maximum: int | None = None) -> str:
        """The name of the team that the key belongs to."""
        call = _read_call("test of the key", _KEY, attempts_maximum=attempts_maximum)
        found = self._value(call, _KEY, deadline)
        if not isinstance(found, dict) or found.get("success") is not True:
            raise _malformed(call)
        name = found.get("teamName")
        return self._http.redact(name)[:200] if isinstance(name, str) else ""

    def find(self, name: str, value: str, deadline: float) -> Mapping[str, Any] | Fault | None:
        """The contact whose `email` or `userId` (`name`) this is, None if there is none; a `Fault` if there can't be
        one, the value being no address."""
        query = urlencode({name: value}, quote_via=quote, errors="replace")
        call = _read_call("find a contact", f"{FIND}?{query}")
        answer = self._answer(call, deadline)
        if answer.status == 400:
            return self._fault(answer, FIND)
        found = self._parsed(answer, call, FIND)
        if not isinstance(found, list) or not all(isinstance(contact, dict) for contact in found):
            raise _malformed(call)
        return found[0] if found else None

    def update(self, body: Mapping[str, Any], deadline: float) -> Fault | None:
        """Changes the contact of the body's address or user id, or makes it; why that was refused, or None. Raises
        `OutcomeUnknown` when no proper answer came."""
        return self._change("PUT", UPDATE, body, deadline)

    def create(self, body: Mapping[str, Any], deadline: float) -> Fault | None:
        """Makes a contact; why that was refused, or None. Raises as `update` does. What an earlier try made exists."""
        return self._change("POST", CREATE, body, deadline)

    def delete(self, name: str, value: str, deadline: float) -> Fault | None:
        """Deletes the contact whose `email` or `userId` (`name`) this is; why that was refused, or None. Raises as
        `update` does."""
        return self._change("POST", DELETE, {name: value}, deadline)

    def properties(self, deadline: float) -> dict[str, str]:
        """The types of the team's contact properties by name, the custom ones included."""
        call = _read_call("list of properties", f"{_PROPERTIES}?list=all")
        found = self._value(call, _PROPERTIES, deadline)
        if not isinstance(found, list):
            raise _malformed(call)
        return {str(each["key"]): str(each.get("type")) for each in found if isinstance(each, dict) and "key" in each}

    def create_property(self, name: str, kind: str, deadline: float) -> Fault | None:
        """Makes a custom property (`string`, `number`, `boolean` or `date`); why that was refused, or None."""
        return self._change("POST", _PROPERTIES, {"name": name, "type": kind}, deadline)

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def _change(self, method: str, path: str, body: Mapping[str, Any], deadline: float) -> Fault | None:
        call = ServiceCall(
            purpose=path,
            method=method,
            path=f"{_BASE}{path}",
            body=encoded(body),
            headers={"Content-Type": "application/json"},
            limits=(REQUESTS,),
            repeatable=Repeatable.IDEMPOTENT,
        )
        answer = self._answer(call, deadline)
        if answer.status not in (200, 201):
            return self._fault(answer, path)
        if _is_success(answer):
            return None
        message = f"Loops' answer can't be read ({path}); the change may have been applied"
        raise OutcomeUnknown(message, code="malformed_answer")

    def _value(self, call: ServiceCall, path: str, deadline: float) -> object:
        return self._parsed(self._answer(call, deadline), call, path)

    def _answer(self, call: ServiceCall, deadline: float) -> ServiceAnswer:
        answer = self._http.send(call, deadline)
        limit, remaining = _number(answer, "x-ratelimit-limit"), _number(answer, "x-ratelimit-remaining")
        if limit is not None or remaining is not None:
            self._http.learn(REQUESTS, calls=limit, remaining=remaining)
        return answer

    def _parsed(self, answer: ServiceAnswer, call: ServiceCall, path: str) -> object:
        if answer.status != 200:
            raise self._fault(answer, path).error()
        try:
            return answer.json()
        except ValueError:
            pass
        raise _malformed(call)

    def _fault(self, answer: ServiceAnswer, path: str) -> Fault:
        return read_fault(answer, path, self._http.redact)


def _read_call(purpose: str, path: str, *, attempts_maximum: int | None = None) -> ServiceCall:
    return ServiceCall(
        purpose=purpose,
        method="GET",
        path=f"{_BASE}{path}",
        limits=(REQUESTS,),
        repeatable=Repeatable.ALWAYS,
        attempts_maximum=attempts_maximum,
    )


def _malformed(call: ServiceCall) -> RetryLater:
    return RetryLater(f"Loops' answer can't be read ({call.purpose})", code="malformed_answer")


def _is_success(answer: ServiceAnswer) -> bool:
    try:
        value = answer.json()
    except ValueError:
        return False
    return isinstance(value, dict) and value.get("success") is True


def _number(answer: ServiceAnswer, header: str) -> int | None:
    text = answer.headers.get(header, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
