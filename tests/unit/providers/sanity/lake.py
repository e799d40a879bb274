"""A Content Lake in memory, as far as pushing needs one: transactions, revisions, refusals. Paths are kept unparsed."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from integrations.providers.contract import OutgoingRecord

Refuse = Callable[[dict[str, Any]], dict[str, Any] | None]
"""The error of a mutation, or None."""


@dataclass(slots=True)
class Lake:
    """`report` says what an answer tells of a transaction's failures: `all`, the `first`, all `unindexed`, `none`.

    `intercept` may answer, or fail, in the place of the service; given the request and its number (1, 2, …) among
    those of its kind; after None the request is handled."""

    report: str = "all"
    refuse: Refuse = lambda mutation: None
    intercept: Callable[[httpx.Request, int], httpx.Response | None] = lambda request, number: None
    missing_error: tuple[int, str] = (409, "documentNotFoundError")
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    transactions: set[str] = field(default_factory=set)
    mutates: list[httpx.Request] = field(default_factory=list)
    reads: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        kind = self.mutates if "/data/mutate/" in request.url.path else self.reads
        kind.append(request)
        answer = self.intercept(request, len(kind))
        if answer is not None:
            return answer
        if kind is self.mutates:
            return self.mutate(json.loads(request.content))
        ids = request.url.path.rpartition("/")[2].split(",")
        found = [self.documents[document_id] for document_id in ids if document_id in self.documents]
        return httpx.Response(200, json={"documents": found, "omitted": []})

    def mutate(self, body: dict[str, Any]) -> httpx.Response:
        transaction = body["transactionId"]
        if transaction in self.transactions:
            return httpx.Response(409, json={"error": {"type": "transactionAlreadyExistsError"}})
        draft = {document_id: dict(document) for document_id, document in self.documents.items()}
        failed = []
        for index, mutation in enumerate(body["mutations"]):
            error = self.refuse(mutation) or self._apply(draft, transaction, mutation)
            if error:
                failed.append({"index": index, "error": error})
        if failed:
            return self._refusal(failed)
        self.documents = draft
        self.transactions.add(transaction)
        return httpx.Response(200, json={"transactionId": transaction, "results": []})

    def bodies(self) -> list[dict[str, Any]]:
        """What was sent to be changed, in order."""
        return [json.loads(request.content) for request in self.mutates]

    def _apply(
        self, draft: dict[str, dict[str, Any]], transaction: str, mutation: dict[str, Any]
    ) -> dict[str, Any] | None:
        ((kind, body),) = mutation.items()
        if kind == "createIfNotExists":
            draft.setdefault(body["_id"], {**body, "_rev": transaction})
            return None
        present = draft.get(body["id"])
        if present is None:
            return {"type": self.missing_error[1], "description": "missing"}
        if body.get("ifRevisionID") not in (None, present["_rev"]):
            return {"type": "documentRevisionIDDoesNotMatchError", "description": "changed"}
        present.update(body.get("set", {}) | {"_rev": transaction})
        for path in body.get("unset", []):
            present.pop(path, None)
        return None

    def _refusal(self, failed: list[dict[str, Any]]) -> httpx.Response:
        kinds = {item["error"]["type"] for item in failed}
        status = 400 if "validationError" in kinds else 409
        if kinds == {self.missing_error[1]}:
            status = self.missing_error[0]
        items = {"all": failed, "first": failed[:1], "none": []}.get(self.report)
        if items is None:
            items = [{"error": item["error"]} for item in failed]
        error = {"type": "mutationError", "description": "Mutation(s) failed", "items": items}
        return httpx.Response(status, json={"error": error})


def outgoing(number: int, **changes: Any) -> OutgoingRecord:
    """A record of which everything is to be sent."""
    targets = changes.pop("targets", {"title": f"Title {number}"})
    defaults: dict[str, Any] = {
        "entity_id": f"entity-{number}",
        "external_id": f"e-{number:032x}",
        "remote_type": "post",
        "targets": targets,
        "changed": frozenset(targets),
    }
    return OutgoingRecord(**{**defaults, **changes})


VALIDATION = {"type": "validationError", "description": "Malformed document"}


def refusing(*numbers: int) -> Refuse:
    """Refuses the patches of these records."""
    ids = {outgoing(number).external_id for number in numbers}

    def refuse(mutation: dict[str, Any]) -> dict[str, Any] | None:
        return VALIDATION if mutation.get("patch", {}).get("id") in ids else None

    return refuse
