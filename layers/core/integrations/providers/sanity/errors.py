"""What Sanity's refusals mean for us, as one table, and the reading of their several forms.

Forms in the order in which @sanity/client tells them apart (`src/http/errors.ts`): `{error, message, errorCode?}`,
`{error: {type, description, items?}}`, anything else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from integrations.providers.calls import ServiceAnswer
from integrations.providers.refusals import ANY_SERVICE, Fault, Recovery, Rule, as_object, only, rule_for, short_text

STALE_KINDS = frozenset({"documentRevisionIDDoesNotMatchError", "documentNotFoundError"})
"""The document isn't at the revision that was expected, or isn't there."""
TRANSIENT_KINDS = frozenset({"documentReferenceDoesNotExistError"})
"""What it refers to may arrive later."""
REFERRED_KIND = "documentHasExistingReferencesError"
"""Others refer to it strongly, so it can't be deleted until they don't."""

_PERMISSION = "the token may not do this: reading needs the Viewer role, pushing the Editor role"
RULES: Sequence[Rule] = (
    Rule(only(401), "SIO-401-AEX", Recovery.RECONNECT, "credentials_expired", "the token has expired"),
    Rule(
        only(401), "SIO-401-AWH", Recovery.RECONNECT, "credentials_of_other_project", "the token is another project's"
    ),
    Rule(only(401), None, Recovery.RECONNECT, "credentials_refused", "the token is unknown or was deleted"),
    Rule(only(403), None, Recovery.RECONNECT, "permission_missing", _PERMISSION),
    Rule(None, "insufficientPermissionsError", Recovery.RECONNECT, "permission_missing", _PERMISSION),
    Rule(only(400), "queryParseError", Recovery.CONFIGURE, "query_refused", "the query was not understood"),
    Rule(only(409), "transactionAlreadyExistsError", Recovery.ALREADY_APPLIED, "already_applied", "applied before"),
    Rule(only(409), "transactionConflictError", Recovery.REPEAT, "transaction_conflict", "others are writing as well"),
    Rule(only(404), "documentNotFoundError", Recovery.RECORDS, "document_missing", "a document is missing"),
    Rule(only(404), "mutationError", Recovery.RECORDS, "document_refused", "a document was refused"),
    Rule(only(404), None, Recovery.CONFIGURE, "dataset_not_found", "there is no such project or dataset"),
    Rule(only(413), None, Recovery.SMALLER, "payload_too_large", "the request is too large"),
    Rule(only(400), None, Recovery.RECORDS, "document_refused", "a document was refused"),
    Rule(only(409), None, Recovery.RECORDS, "document_refused", "a document was refused"),
    Rule(only(422), None, Recovery.RECORDS, "document_refused", "a document was refused"),
    *ANY_SERVICE,
)
"""The mark of a row is among the kinds that the refusal names."""


@dataclass(frozen=True, slots=True)
class FaultItem:
    """What is wrong with one mutation: its `index` in the transaction and its document's id, where they are named, and
    the service's own `kind`."""

    index: int | None
    kind: str
    message: str
    document_id: str = ""


@dataclass(frozen=True, slots=True)
class SanityFault(Fault):
    """With `kind`, the service's own name for it, and what it says of single mutations."""

    kind: str = ""
    items: tuple[FaultItem, ...] = ()


def read_fault(answer: ServiceAnswer, redact: Callable[[str], str]) -> SanityFault:
    """Understands a refusal, whatever its form."""
    body = as_object(answer)
    error = body.get("error")
    if isinstance(error, Mapping):
        kind, detail = short_text(error.get("type"), redact), error.get("description")
        items = tuple(_item(item, redact) for item in _list(error.get("items")) if isinstance(item, Mapping))
    else:
        kind, detail, items = short_text(body.get("errorCode"), redact), body.get("message"), ()
    kinds = {kind, *(item.kind for item in items)}
    return SanityFault(
        "Sanity",
        answer.status,
        rule_for(RULES, answer.status, kinds.__contains__),
        short_text(detail, redact),
        answer.retry_after_seconds,
        answer.earlier_unknown,
        kind=kind,
        items=items,
    )


def _item(item: Mapping[str, object], redact: Callable[[str], str]) -> FaultItem:
    error = item.get("error")
    error = error if isinstance(error, Mapping) else {}
    index = item.get("index")
    kind = short_text(error.get("type"), redact) or "document_refused"
    message = short_text(error.get("description"), redact) or kind
    return FaultItem(index if isinstance(index, int) else None, kind, message, short_text(error.get("id"), redact))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
