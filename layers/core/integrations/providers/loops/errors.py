"""What Loops' refusals mean for us, as one table, and the reading of their several forms.

`{success, message}`, with `path`, or with `error: {path, message}` or `error: {path, reason}`, or with the deprecated
`error: <text>` beside it (https://loops.so/docs/api-reference, the OpenAPI description's `…Failure` schemas).
"""

from collections.abc import Callable, Mapping, Sequence

from integrations.providers.calls import ServiceAnswer
from integrations.providers.refusals import ANY_SERVICE, Fault, Recovery, Rule, as_object, only, rule_for, short_text

CREATE, UPDATE, FIND, DELETE = "contacts/create", "contacts/update", "contacts/find", "contacts/delete"

_TWO_CONTACTS = "its email and its userId belong to two contacts; merge them in Loops, or correct one of the two"
RULES: Sequence[Rule] = (
    Rule(only(401), None, Recovery.RECONNECT, "credentials_refused", "the API key is unknown or was deleted"),
    Rule(only(409), CREATE, Recovery.EXISTS, "contact_exists", "there is such a contact"),
    Rule(only(409), UPDATE, Recovery.RECORD, "identity_conflict", _TWO_CONTACTS),
    Rule(only(413), UPDATE, Recovery.RECORD, "payload_too_large", "the contact is too large"),
    Rule(only(413), CREATE, Recovery.RECORD, "payload_too_large", "the contact is too large"),
    Rule(only(400), None, Recovery.RECORD, "contact_refused", "the contact was refused"),
    Rule(only(422), None, Recovery.RECORD, "contact_refused", "the contact was refused"),
    Rule(only(404), DELETE, Recovery.GONE, "contact_missing", "there is no such contact"),
    Rule(only(404), None, Recovery.CONFIGURE, "not_found", "it doesn't know the address"),
    Rule(only(405), None, Recovery.CONFIGURE, "request_refused", "it doesn't know the method"),
    *ANY_SERVICE,
)
"""The mark of a row is what was called, below the version."""


def read_fault(answer: ServiceAnswer, path: str, redact: Callable[[str], str]) -> Fault:
    """Understands a refusal, whatever its form; `path` is what was called, below the version."""
    rule, detail = rule_for(RULES, answer.status, path.__eq__), short_text(_words(as_object(answer)), redact)
    return Fault("Loops", answer.status, rule, detail, answer.retry_after_seconds, answer.earlier_unknown)


def _words(body: Mapping[str, object]) -> str:
    """The message, what its `error` adds to it, and the place it names."""
    error = body.get("error")
    inner = error if isinstance(error, Mapping) else {"message": error}
    said = (body.get("message"), inner.get("message"), inner.get("reason"))
    text = ": ".join(dict.fromkeys(each for each in said if isinstance(each, str) and each))
    place = inner.get("path") or body.get("path")
    return f"{text} ({_place(place)})" if place else text


def _place(path: object) -> str:
    return ".".join(str(step) for step in path) if isinstance(path, list) else str(path)
