"""What PostHog's refusals mean for us, as two tables: one for the private API, one for capture.

The API's errors are `{type, code, detail, attr}` (drf-exceptions-hog); capture answers in plain text, which its public
documentation still shows as JSON: what is JSON is read as such, else the text counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from integrations.domain.errors import (
    ConfigurationRefused,
    OutcomeUnknown,
    PayloadTooLarge,
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
    SMALLER = auto()
    """Ask for less at a time."""
    RECORDS = auto()
    """One or more records of the body are refused; the rest may go through without them."""
    RATE_LIMITED = auto()
    LATER = auto()
    LATER_UNKNOWN = auto()
    """… and the request may have been applied."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: the first whose `statuses` (None: any) hold the refusal's and whose `words` its text contains."""

    statuses: range | None
    words: str
    recovery: Recovery
    code: str
    message: str


def _only(status: int) -> range:
    return range(status, status + 1)


_EITHER: tuple[Rule, ...] = (
    Rule(_only(408), "", Recovery.LATER_UNKNOWN, "service_timeout", "it took too long"),
    Rule(_only(429), "", Recovery.RATE_LIMITED, "service_rate_limited", "there were too many requests"),
    Rule(_only(503), "", Recovery.LATER, "service_unavailable", "it is not available"),
    Rule(range(500, 600), "", Recovery.LATER_UNKNOWN, "service_unavailable", "it failed"),
    Rule(range(200, 300), "", Recovery.LATER_UNKNOWN, "malformed_answer", "it answered nothing that can be read"),
    Rule(range(300, 400), "", Recovery.CONFIGURE, "redirected", "it redirects elsewhere, which is never followed"),
    Rule(None, "", Recovery.CONFIGURE, "request_refused", "it refused the request"),
)
API_RULES: tuple[Rule, ...] = (
    Rule(_only(401), "", Recovery.RECONNECT, "credentials_refused", "the personal API key is unknown here"),
    Rule(_only(403), "scope", Recovery.RECONNECT, "permission_missing", "the personal API key lacks a scope"),
    Rule(_only(403), "", Recovery.RECONNECT, "project_not_granted", "the personal API key may not use this project"),
    Rule(_only(404), "", Recovery.CONFIGURE, "project_not_found", "there is no such project"),
    Rule(_only(400), "", Recovery.CONFIGURE, "query_refused", "the request was not understood"),
    Rule(_only(413), "", Recovery.SMALLER, "payload_too_large", "the request is too large"),
    *_EITHER,
)
CAPTURE_RULES: tuple[Rule, ...] = (
    Rule(_only(401), "", Recovery.RECONNECT, "credentials_refused", "the project token is refused"),
    Rule(_only(403), "", Recovery.RECONNECT, "credentials_refused", "the project token is refused"),
    Rule(_only(413), "", Recovery.RECORDS, "payload_too_large", "it is too large"),
    Rule(_only(400), "maximum event size", Recovery.RECORDS, "payload_too_large", "it is too large"),
    Rule(_only(400), "", Recovery.RECORDS, "event_refused", "an event was refused"),
    Rule(_only(404), "", Recovery.CONFIGURE, "ingest_host_wrong", "ingestHost doesn't take events"),
    *_EITHER,
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

    def error(self, *, changes: bool = False) -> ServiceError:
        """The failure as the engine knows it; `changes` says that the call was to change something."""
        message = f"PostHog refused the request ({self.status}): {self.rule.message}"
        if self.detail:
            message += f" - {self.detail}"
        code, after = self.rule.code, self.retry_after_seconds
        is_unknown = self.earlier_unknown or self.recovery is Recovery.LATER_UNKNOWN
        match self.recovery:
            case Recovery.RECONNECT:
                return ReconnectRequired(message, code=code)
            case Recovery.SMALLER:
                return PayloadTooLarge(message, code=code)
            case Recovery.LATER | Recovery.LATER_UNKNOWN | Recovery.RATE_LIMITED if changes and is_unknown:
                return OutcomeUnknown(message, retry_after_seconds=after, code=code)
            case Recovery.RATE_LIMITED:
                return RateLimited(message, retry_after_seconds=after, code=code)
            case Recovery.LATER | Recovery.LATER_UNKNOWN:
                return RetryLater(message, retry_after_seconds=after, code=code)
            case _:
                return ConfigurationRefused(message, code=code)


def read_fault(answer: ServiceAnswer, rules: tuple[Rule, ...], redact: Callable[[str], str]) -> Fault:
    """Understands a refusal, whatever its form."""
    text = redact(_words(answer))[:MESSAGE_CHARACTERS_MAXIMUM]
    rule = next(
        rule
        for rule in rules
        if (rule.statuses is None or answer.status in rule.statuses) and rule.words in text.lower()
    )
    return Fault(answer.status, rule, text, answer.retry_after_seconds, answer.earlier_unknown)


def _words(answer: ServiceAnswer) -> str:
    try:
        body = answer.json()
    except ValueError:
        text = answer.body.decode(errors="replace").strip()
        # A page of a proxy says nothing to the user.
        return "" if text.startswith("<") else text
    if not isinstance(body, Mapping):
        return body if isinstance(body, str) else ""
    detail = body.get("detail") or body.get("error")
    return detail if isinstance(detail, str) else ""
