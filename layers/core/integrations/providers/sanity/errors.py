"""What Sanity's refusals mean for us, as one table, and the reading of their several forms.

Forms in the order in which @sanity/client tells them apart (`src/http/errors.ts`): `{error, message, errorCode?}`,
`{error: {type, description, items?}}`, anything else.
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
    """Send less at a time."""
    REPEAT = auto()
    """Another writer got in between and nothing was applied: the same again."""
    ALREADY_APPLIED = auto()
    """A transaction with this id was applied before."""
    RECORDS = auto()
    """One or more documents of the transaction are refused, the rest may go through without them."""
    RATE_LIMITED = auto()
    LATER = auto()
    LATER_UNKNOWN = auto()
    """… and the request may have been applied."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: the first whose `status` (None: any) lies from..to and whose `kind` (None: any) is among the refusal's."""

    statuses: range | None
    kind: str | None
    recovery: Recovery
    code: str
    message: str


def _only(status: int) -> range:
    return range(status, status + 1)


STALE_KINDS = frozenset({"documentRevisionIDDoesNotMatchError", "documentNotFoundError"})
"""The document isn't at the revision that was expected, or isn't there."""
TRANSIENT_KINDS = frozenset({"documentReferenceDoesNotExistError"})
"""What it refers to may arrive later."""
REFERRED_KIND = "documentHasExistingReferencesError"
"""Others refer to it strongly, so it can't be deleted until they don't."""

_PERMISSION = "the token may not do this: reading needs the Viewer role, pushing the Editor role"
RULES: tuple[Rule, ...] = (
    Rule(_only(401), "SIO-401-AEX", Recovery.RECONNECT, "credentials_expired", "the token has expired"),
    Rule(
        _only(401), "SIO-401-AWH", Recovery.RECONNECT, "credentials_of_other_project", "the token is another project's"
    ),
    Rule(_only(401), None, Recovery.RECONNECT, "credentials_refused", "the token is unknown or was deleted"),
    Rule(_only(403), None, Recovery.RECONNECT, "permission_missing", _PERMISSION),
    Rule(None, "insufficientPermissionsError", Recovery.RECONNECT, "permission_missing", _PERMISSION),
    Rule(_only(400), "queryParseError", Recovery.CONFIGURE, "query_refused", "the query was not understood"),
    Rule(_only(409), "transactionAlreadyExistsError", Recovery.ALREADY_APPLIED, "already_applied", "applied before"),
    Rule(_only(409), "transactionConflictError", Recovery.REPEAT, "transaction_conflict", "others are writing as well"),
    Rule(_only(404), "documentNotFoundError", Recovery.RECORDS, "document_missing", "a document is missing"),
    Rule(_only(404), "mutationError", Recovery.RECORDS, "document_refused", "a document was refused"),
    Rule(_only(404), None, Recovery.CONFIGURE, "dataset_not_found", "there is no such project or dataset"),
    Rule(_only(413), None, Recovery.SMALLER, "payload_too_large", "the request is too large"),
    Rule(_only(408), None, Recovery.LATER_UNKNOWN, "service_timeout", "it took too long"),
    Rule(_only(429), None, Recovery.RATE_LIMITED, "service_rate_limited", "there were too many requests"),
    Rule(_only(400), None, Recovery.RECORDS, "document_refused", "a document was refused"),
    Rule(_only(409), None, Recovery.RECORDS, "document_refused", "a document was refused"),
    Rule(_only(422), None, Recovery.RECORDS, "document_refused", "a document was refused"),
    Rule(_only(503), None, Recovery.LATER, "service_unavailable", "it is not available"),
    Rule(range(500, 600), None, Recovery.LATER_UNKNOWN, "service_unavailable", "it failed"),
    Rule(range(300, 400), None, Recovery.CONFIGURE, "redirected", "it redirects elsewhere, which is never followed"),
    Rule(None, None, Recovery.CONFIGURE, "request_refused", "it refused the request"),
)


@dataclass(frozen=True, slots=True)
class FaultItem:
    """What is wrong with one mutation: its `index` in the transaction and its document's id, where they are named, and
    the service's own `kind`."""

    index: int | None
    kind: str
    message: str
    document_id: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A refusal, understood. `kind` is the service's own name for it, `detail` its words, cut and without secrets."""

    status: int
    rule: Rule
    kind: str
    detail: str
    items: tuple[FaultItem, ...] = ()
    retry_after_seconds: float | None = None
    earlier_unknown: bool = False

    @property
    def recovery(self) -> Recovery:
        """What to do about it."""
        return self.rule.recovery

    def error(self, *, changes: bool = False) -> ServiceError:
        """The failure as the engine knows it; `changes` says that the call was to change something."""
        message = f"Sanity refused the request ({self.status}): {self.rule.message}"
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
            case Recovery.LATER | Recovery.LATER_UNKNOWN | Recovery.REPEAT:
                return RetryLater(message, retry_after_seconds=after, code=code)
            case _:
                return ConfigurationRefused(message, code=code)


def read_fault(answer: ServiceAnswer, redact: Callable[[str], str]) -> Fault:
    """Understands a refusal, whatever its form."""
    body = _body(answer)
    error = body.get("error")
    if isinstance(error, Mapping):
        kind, detail = str(error.get("type") or ""), error.get("description")
        items = tuple(_item(item, redact) for item in _list(error.get("items")) if isinstance(item, Mapping))
    else:
        kind, detail, items = str(body.get("errorCode") or ""), body.get("message"), ()
    rule = _rule(answer.status, {kind, *(item.kind for item in items)})
    text = _text(detail, redact)
    return Fault(answer.status, rule, kind, text, items, answer.retry_after_seconds, answer.earlier_unknown)


def _rule(status: int, kinds: set[str]) -> Rule:
    return next(
        rule
        for rule in RULES
        if (rule.statuses is None or status in rule.statuses) and (rule.kind is None or rule.kind in kinds)
    )


def _item(item: Mapping[str, object], redact: Callable[[str], str]) -> FaultItem:
    error = item.get("error")
    error = error if isinstance(error, Mapping) else {}
    index = item.get("index")
    kind = str(error.get("type") or "document_refused")
    message = _text(error.get("description"), redact) or kind
    return FaultItem(index if isinstance(index, int) else None, kind, message, str(error.get("id") or ""))


def _body(answer: ServiceAnswer) -> Mapping[str, object]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, Mapping) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object, redact: Callable[[str], str]) -> str:
    return redact(value)[:MESSAGE_CHARACTERS_MAXIMUM] if isinstance(value, str) else ""
