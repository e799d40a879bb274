"""Notebook's HTTP API: who am I, notes by id, notes after a change, changes to notes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from integrations.domain.errors import OutcomeUnknown, RetryLater, ServiceError
from integrations.providers.addresses import parse_origin
from integrations.providers.calls import ServiceAnswer, ServiceCall
from integrations.providers.connection import ConnectionSettings
from integrations.providers.http import ServiceClient
from integrations.providers.pacing import RateLimit
from integrations.providers.refusals import ANY_SERVICE, Fault, Recovery, Rule, as_object, only, rule_for
from integrations.providers.retries import Repeatable
from tests.examples.notebook.spec import HOST, NotebookConfig, NotebookCredentials

REQUESTS = RateLimit("notebook-requests", calls=20, window_seconds=1.0)
RULES = (
    Rule(only(401), None, Recovery.RECONNECT, "credentials_refused", "the token is unknown"),
    *ANY_SERVICE,
)


class NotebookClient:
    """One notebook. Raises `ServiceError`s."""

    def __init__(self, config: NotebookConfig, credentials: NotebookCredentials, settings: ConnectionSettings) -> None:
        headers = {"Authorization": f"Bearer {credentials.token.get_secret_value()}"}
        self.settings = settings
        self.origin = parse_origin(config.api_host)
        self._http = ServiceClient(
            "Notebook", self.origin, (HOST,), settings, headers=headers, secrets=[credentials.token]
        )

    def whoami(self, deadline: float) -> None:
        """Proves the token."""
        self._read("who am I", "/v1/me", deadline, attempts_maximum=1)

    def notes_after(self, changed: int, limit: int, deadline: float) -> list[dict[str, Any]]:
        """Notes in the order of their last change, those after the change number `changed`."""
        query = urlencode({"after": changed, "limit": limit})
        return self._notes(self._read("notes", f"/v1/notes?{query}", deadline))

    def notes(self, ids: Sequence[str], deadline: float) -> list[dict[str, Any]]:
        """Those of the notes that exist."""
        listed = ",".join(quote(note_id, safe="") for note_id in ids)
        return self._notes(self._read("notes by id", f"/v1/notes?ids={listed}", deadline))

    def change(self, notes: Sequence[Mapping[str, Any]], deadline: float) -> list[dict[str, Any]]:
        """Creates notes, or changes the given keys of them: `{id, ok, changed | message}` for each, in their order.
        Raises `OutcomeUnknown` when no proper answer came."""
        call = ServiceCall(
            purpose="change notes",
            method="PATCH",
            path="/v1/notes",
            body=json.dumps({"notes": notes}).encode(),
            headers={"Content-Type": "application/json"},
            limits=(REQUESTS,),
        )
        answer = self._http.send(call, deadline)
        if answer.status != 200:
            raise self._error(answer, changes=True)
        results = as_object(answer).get("results")
        if not isinstance(results, list) or len(results) != len(notes):
            raise OutcomeUnknown("Notebook's answer to the changes can't be read", code="malformed_answer")
        return results

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def _read(self, purpose: str, path: str, deadline: float, attempts_maximum: int | None = None) -> Mapping[str, Any]:
        call = ServiceCall(
            purpose, "GET", path, limits=(REQUESTS,), repeatable=Repeatable.ALWAYS, attempts_maximum=attempts_maximum
        )
        answer = self._http.send(call, deadline)
        if answer.status != 200:
            raise self._error(answer)
        value = as_object(answer)
        if not value:
            raise RetryLater(f"Notebook's answer can't be read ({purpose})", code="malformed_answer")
        return value

    def _notes(self, value: Mapping[str, Any]) -> list[dict[str, Any]]:
        notes = value.get("notes")
        if not isinstance(notes, list):
            raise RetryLater("Notebook's answer holds no notes", code="malformed_answer")
        return notes

    def _error(self, answer: ServiceAnswer, *, changes: bool = False) -> ServiceError:
        """What to do about a refusal; Notebook tells them apart by their status alone."""
        rule = rule_for(RULES, answer.status, lambda _: False)
        fault = Fault("Notebook", answer.status, rule, "", answer.retry_after_seconds, answer.earlier_unknown)
        return fault.error(changes=changes)
