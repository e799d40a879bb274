"""What Loops' refusals mean for us, as one table, and the reading of their several forms.

`{success, message}`, with `path`, or with `error: {path, message}` or `error: {path, reason}`, or with the deprecated
`error: <text>` beside it (https://loops.so/docs/api-reference, the OpenAPI description's `…Failure` schemas).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from integrations.domain.errors import (
    ConfigurationRefused,
    OutcomeUnknown,
    RateLimited,
    ReconnectRequired,
    RetryLater,
    ServiceError,
)
from integrations.providers.calls import ServiceAnswer

MESSAGE_CHARACTERS_MAXIMUM = 300


class Recovery(Enum):
    """What to do after a refusal."""

    RECONNECT = auto()
    CONFIGURE = auto()
    RECORD = auto()
    """This contact is refused, the others may go through."""
    GONE = auto()
    """There is no such contact any more."""
    EXISTS = auto()
    """A contact of that address or user id is there: change it instead."""
    RATE_LIMITED = auto()
    LATER = auto()
    LATER_UNKNOWN = auto()
    """… and the request may have been applied."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: the first whose `status` lies from..to (None: any) and whose `path` (None: any) was called."""

    statuses: range | None
    path: str | None
    recovery: Recovery
    code: str
    message: str


def _only(status: int) -> range:
    return range(status, status + 1)


CREATE, UPDATE, FIND, DELETE = "contacts/create", "contacts/update", "contacts/find", "contacts/delete"

_TWO_CONTACTS = "its email and its userId belong to two contacts; merge them in Loops, or correct one of the two"
RULES: tuple[Rule, ...] = (
    Rule(_only(401), None, Recovery.RECONNECT, "credentials_refused", "the API key is unknown or was deleted"),
    Rule(_only(409), CREATE, Recovery.EXISTS, "contact_exists", "there is such a contact"),
    Rule(_only(409), UPDATE, Recovery.RECORD, "identity_conflict", _TWO_CONTACTS),
    Rule(_only(413), UPDATE, Recovery.RECORD, "payload_too_large", "the contact is too large"),
    Rule(_only(413), CREATE, Recovery.RECORD, "payload_too_large", "the contact is too large"),
    Rule(_only(400), None, Recovery.RECORD, "contact_refused", "the contact was refused"),
    Rule(_only(422), None, Recovery.RECORD, "contact_refused", "the contact was refused"),
    Rule(_only(404), DELETE, Recovery.GONE, "contact_missing", "there is no such contact"),
    Rule(_only(404), None, Recovery.CONFIGURE, "not_found", "it doesn't know the address"),
    Rule(_only(405), None, Recovery.CONFIGURE, "request_refused", "it doesn't know the method"),
    Rule(_only(408), None, Recovery.LATER_UNKNOWN, "service_timeout", "it took too long"),
    Rule(_only(429), None, Recovery.RATE_LIMITED, "service_rate_limited", "there were too many requests"),
    Rule(_only(503), None, Recovery.LATER, "service_unavailable", "it is not available"),
    Rule(range(500, 600), None, Recovery.LATER_UNKNOWN, "service_unavailable", "it failed"),
    Rule(range(300, 400), None, Recovery.CONFIGURE, "redirected", "it redirects elsewhere, which is never followed"),
    Rule(None, None, Recovery.CONFIGURE, "request_refused", "it refused the request"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A refusal, understood. `detail` is the service's words, cut and without secrets."""

    status: int
    rule: Rule
    detail: str
    retry_after_seconds: float | None = None
    earlier_unknown: bool = False

    @property
    def recovery(self) -> Recovery:
        """What to do about it."""
        return self.rule.recovery

    @property
    def message(self) -> str:
        """For a person: what it means, and the service's words."""
        text = f"Loops refused the request ({self.status}): {self.rule.message}"
        return f"{text} - {self.detail}" if self.detail else text

    def error(self, *, changes: bool = False) -> ServiceError:
        """The failure as the engine knows it; `changes` says that the call was to change something."""
        message, code, after = self.message, self.rule.code, self.retry_after_seconds
        is_unknown = self.earlier_unknown or self.recovery is Recovery.LATER_UNKNOWN
        match self.recovery:
            case Recovery.RECONNECT:
                return ReconnectRequired(message, code=code)
            case Recovery.LATER | Recovery.LATER_UNKNOWN | Recovery.RATE_LIMITED if changes and is_unknown:
                return OutcomeUnknown(message, retry_after_seconds=after, code=code)
            case Recovery.RATE_LIMITED:
                return RateLimited(message, retry_after_seconds=after, code=code)
            case Recovery.LATER | Recovery.LATER_UNKNOWN:
                return RetryLater(message, retry_after_seconds=after, code=code)
            case _:
                return ConfigurationRefused(message, code=code)


def read_fault(answer: ServiceAnswer, path: str, redact: Callable[[str], str]) -> Fault:
    """Understands a refusal, whatever its form; `path` is what was called, below the version."""
    detail = redact(_words(_body(answer)))[:MESSAGE_CHARACTERS_MAXIMUM]
    return Fault(answer.status, _rule(answer.status, path), detail, answer.retry_after_seconds, answer.earlier_unknown)


def _rule(status: int, path: str) -> Rule:
    return next(
        rule
        for rule in RULES
        if (rule.statuses is None or status in rule.statuses) and (rule.path is None or rule.path == path)
    )


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


def _body(answer: ServiceAnswer) -> Mapping[str, object]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, Mapping) else {}
