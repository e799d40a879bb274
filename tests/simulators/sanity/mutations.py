"""Reads the body of a mutate request into operations, without looking at any stored document (PROVIDERS 1.3)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulators.exchange import MalformedJson, Request
from tests.simulators.sanity.errors import FailedItem, MutationFailed, Refused, described, invalid
from tests.simulators.sanity.patches import OPERATIONS, Step, patch_steps
from tests.simulators.sanity.validation import check_id

TRANSACTION_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
PERMISSIONS = {
    "create": "create",
    "createOrReplace": "create",
    "createIfNotExists": "create",
    "patch": "update",
    "delete": "delete",
}


@dataclass(frozen=True, slots=True)
class Create:
    """Stores a document; `kind` is `create`, `createOrReplace` or `createIfNotExists`. No id: one is generated."""

    kind: str
    document: Mapping[str, Any]
    document_id: str | None


@dataclass(frozen=True, slots=True)
class Delete:
    """Removes a document, if it is there."""

    document_id: str


@dataclass(frozen=True, slots=True)
class Patch:
    """Changes a document, which must be there, at `if_revision` if that is given."""

    document_id: str
    if_revision: str | None
    steps: tuple[Step, ...]


Operation = Create | Delete | Patch


@dataclass(frozen=True, slots=True)
class MutateRequest:
    """A transaction as asked for. `failed` lists the mutations that could never be applied."""

    transaction_id: str | None
    raw_mutations: tuple[Any, ...]
    operations: tuple[Operation, ...]
    failed: tuple[FailedItem, ...]


def raw_mutations(request: Request) -> tuple[list[Any], str | None]:
    """The mutations as sent and the transaction's id: the body's, else the URL's. Raises `Refused` with a 400."""
    try:
        body = request.json
    except MalformedJson as error:
        raise Refused(described(400, "httpBadRequest", f"Malformed JSON: {error}")) from error
    if not isinstance(body, dict) or not isinstance(body.get("mutations"), list):
        raise Refused(described(400, "httpBadRequest", 'The body must be an object with a list of "mutations"'))
    transaction_id = body.get("transactionId") or request.parameters.get("transactionId") or None
    if transaction_id is not None and not (
        isinstance(transaction_id, str) and TRANSACTION_ID.fullmatch(transaction_id)
    ):
        raise Refused(described(400, "httpBadRequest", f"Malformed transaction ID: {transaction_id!r}"))
    return body["mutations"], transaction_id


def read_mutations(mutations: list[Any], transaction_id: str | None) -> MutateRequest:
    """Reads every mutation, noting those that are wrong instead of stopping at the first."""
    operations: list[Operation] = []
    failed: list[FailedItem] = []
    for index, mutation in enumerate(mutations):
        try:
            operations.append(_operation(mutation))
        except MutationFailed as failure:
            failed.append(FailedItem(index, failure))
    return MutateRequest(transaction_id, tuple(mutations), tuple(operations), tuple(failed))


def mutation_kind(mutation: Any) -> str:
    """Which of the five mutations this is. Raises `MutationFailed`."""
    if not isinstance(mutation, dict) or len(mutation) != 1 or next(iter(mutation)) not in PERMISSIONS:
        raise invalid(f"A mutation has exactly one key, one of {', '.join(PERMISSIONS)}", mutation)
    return str(next(iter(mutation)))


def touched_ids(mutations: list[Any]) -> list[str]:
    """The ids that a request's mutations name, each once, in order; for the request log."""
    bodies = [next(iter(item.values())) for item in mutations if isinstance(item, dict) and item]
    named = [body.get("_id") or body.get("id") for body in bodies if isinstance(body, dict)]
    return list(dict.fromkeys(each for each in named if isinstance(each, str)))


def _operation(mutation: Any) -> Operation:
    kind = mutation_kind(mutation)
    body = mutation[kind]
    if not isinstance(body, dict):
        raise invalid(f"{kind} takes an object", body)
    if kind == "patch":
        return _patch(body)
    if kind == "delete":
        return Delete(_id_alone(body, kind))
    return _create(kind, body)


def _create(kind: str, body: dict[str, Any]) -> Create:
    if body.get("_id") is None and kind != "create":
        raise invalid(f'{kind} needs a document with an "_id"', body)
    document_id = body.get("_id")
    if isinstance(document_id, str) and document_id.endswith(".") and kind == "create":
        check_id(f"{document_id}x")
    elif document_id is not None:
        check_id(document_id)
    return Create(kind, body, document_id)


def _patch(body: dict[str, Any]) -> Patch:
    unknown = sorted(set(body) - {"id", "ifRevisionID", *OPERATIONS})
    if unknown:
        raise invalid(f"The simulator's patches take id, ifRevisionID, {', '.join(OPERATIONS)}; got {unknown}", body)
    if_revision = body.get("ifRevisionID")
    if if_revision is not None and not isinstance(if_revision, str):
        raise invalid("ifRevisionID must be a string", if_revision)
    return Patch(check_id(body.get("id")), if_revision, patch_steps(body))


def _id_alone(body: dict[str, Any], kind: str) -> str:
    if set(body) != {"id"}:
        raise invalid(f"The simulator's {kind} takes an id and nothing else", body)
    return check_id(body["id"])
