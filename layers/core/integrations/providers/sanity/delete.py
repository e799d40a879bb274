"""A batch of documents to delete: one transaction where nothing is refused, and one outcome for each.

Deleting a missing document is no failure, and a repeated transaction is recognised, so silence is simply repeated. A
document that others refer to strongly stays (`documentHasExistingReferencesError`); the rest goes without it.
(https://www.sanity.io/docs/http-reference/mutation)
"""

import hashlib
import json
from collections import deque
from collections.abc import Sequence

from integrations.providers.contract import Deleted, DeleteOutcome, DeleteRefused
from integrations.providers.refusals import Recovery
from integrations.providers.retries import Repeatable
from integrations.providers.sanity.client import SanityClient
from integrations.providers.sanity.documents import delete_body
from integrations.providers.sanity.errors import REFERRED_KIND, FaultItem, SanityFault
from integrations.providers.sanity.transactions import applied

MISSING_KIND = "documentNotFoundError"


class BatchDelete:
    """One batch, sent once."""

    def __init__(self, client: SanityClient, job_id: str, deadline: float) -> None:
        self._client = client
        self._job_id = job_id
        self._deadline = deadline
        self._outcomes: dict[str, DeleteOutcome] = {}

    def send(self, document_ids: Sequence[str]) -> list[DeleteOutcome]:
        """One outcome an id, in their order. Raises `ServiceError`s; some may have gone by then."""
        waiting = deque([tuple(dict.fromkeys(document_ids))])
        while waiting:
            group = tuple(document_id for document_id in waiting.popleft() if document_id not in self._outcomes)
            if group:
                waiting.extendleft(reversed(self._send(group)))
        return [self._outcomes[document_id] for document_id in document_ids]

    def _send(self, group: tuple[str, ...]) -> list[tuple[str, ...]]:
        """Sends a group; what has to be sent next."""
        body = delete_body(_transaction_id(self._job_id, group), group)
        result = applied(self._client, body, self._deadline, repeatable=Repeatable.ALWAYS)
        if not isinstance(result, SanityFault) or result.recovery is Recovery.ALREADY_APPLIED:
            self._outcomes |= {document_id: Deleted(document_id) for document_id in group}
            return []
        if result.recovery is Recovery.SMALLER and len(group) > 1:
            return _halves(group)
        if result.recovery is not Recovery.RECORDS:
            raise result.error(changes=True)
        return self._without_refused(result, group)

    def _without_refused(self, fault: SanityFault, group: tuple[str, ...]) -> list[tuple[str, ...]]:
        for item in fault.items:
            document_id = _named(item, group)
            if document_id is not None:
                self._outcomes[document_id] = _refused(document_id, item)
        left = tuple(document_id for document_id in group if document_id not in self._outcomes)
        if len(left) < len(group):
            return [left]
        if len(group) > 1:
            return _halves(group)
        item = fault.items[0] if fault.items else FaultItem(0, fault.kind or fault.rule.code, fault.detail)
        self._outcomes[group[0]] = _refused(group[0], item)
        return []


def _transaction_id(job_id: str, group: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps([job_id, "delete", *group]).encode()).hexdigest()


def _named(item: FaultItem, group: Sequence[str]) -> str | None:
    """The document that a refusal names, by the index of its mutation or by its id."""
    if item.index is not None and 0 <= item.index < len(group):
        return group[item.index]
    return item.document_id if item.document_id in group else None


def _refused(document_id: str, item: FaultItem) -> DeleteOutcome:
    if item.kind == MISSING_KIND:
        return Deleted(document_id)
    message = item.message or "Sanity refused to delete the document without saying why"
    return DeleteRefused(document_id, item.kind, message, transient=item.kind == REFERRED_KIND)


def _halves(group: tuple[str, ...]) -> list[tuple[str, ...]]:
    middle = len(group) // 2
    return [group[:middle], group[middle:]]
