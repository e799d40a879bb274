"""Applies a transaction's operations, all or none (PROVIDERS 1.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulators.sanity.errors import FailedItem, MutationFailed
from tests.simulators.sanity.identifiers import IdentifierSequence
from tests.simulators.sanity.index import Document
from tests.simulators.sanity.mutations import Create, Delete, Operation, Patch
from tests.simulators.sanity.references import strong_references
from tests.simulators.sanity.store import DocumentStore
from tests.simulators.sanity.switches import SanitySwitches
from tests.simulators.sanity.validation import check_document, with_array_keys


@dataclass(frozen=True, slots=True)
class MutationResult:
    """What became of one mutation: `create`, `update`, `delete` or `none`."""

    document_id: str
    operation: str
    document: Document | None


@dataclass(slots=True)
class Transaction:
    """Works on a copy; `changes` holds what would be stored (None: a delete), for the store to commit.

    Every touched document gets the transaction's id as its `_rev` and the one `timestamp`. A mutation sees what those
    before it did; `ifRevisionID` compares with the revision that the document then has.
    """

    store: DocumentStore
    switches: SanitySwitches
    identifiers: IdentifierSequence
    transaction_id: str
    timestamp: str
    generate_array_keys: bool = False
    changes: dict[str, Document | None] = field(default_factory=dict)
    results: list[MutationResult] = field(default_factory=list)
    failed: list[FailedItem] = field(default_factory=list)
    _indexes: dict[str, int] = field(default_factory=dict)

    def apply(self, operations: tuple[Operation, ...]) -> None:
        """Applies each operation, then checks the references of the outcome; what fails is in `failed`."""
        for index, operation in enumerate(operations):
            try:
                self.results.append(self._apply(operation, index))
            except MutationFailed as failure:
                self.failed.append(FailedItem(index, failure))
        if self.switches.check_references and not self.failed:
            self._check_references()

    def _apply(self, operation: Operation, index: int) -> MutationResult:
        if isinstance(operation, Create):
            result = self._create(operation)
        elif isinstance(operation, Delete):
            result = self._delete(operation)
        else:
            result = self._patch(operation)
        self._indexes[result.document_id] = index
        return result

    def _current(self, document_id: str) -> Document | None:
        return self.changes[document_id] if document_id in self.changes else self.store.get(document_id)

    def _create(self, operation: Create) -> MutationResult:
        document_id = operation.document_id or self.identifiers.next()
        if document_id.endswith("."):
            document_id += self.identifiers.next()
        present = self._current(document_id)
        if present is not None and operation.kind == "createIfNotExists":
            return MutationResult(document_id, "none", present)
        if present is not None and operation.kind == "create":
            description = f'Document by ID "{document_id}" already exists'
            raise MutationFailed(409, "documentAlreadyExistsError", description, id=document_id)
        given = {key: value for key, value in operation.document.items() if key not in ("_rev", "_updatedAt")}
        document = self._store(document_id, {"_createdAt": self.timestamp, **given})
        return MutationResult(document_id, "create" if present is None else "update", document)

    def _delete(self, operation: Delete) -> MutationResult:
        if self._current(operation.document_id) is None:
            return MutationResult(operation.document_id, "none", None)
        self.changes[operation.document_id] = None
        return MutationResult(operation.document_id, "delete", None)

    def _patch(self, operation: Patch) -> MutationResult:
        present = self._current(operation.document_id)
        if present is None:
            raise self._missing(operation.document_id)
        if operation.if_revision is not None and operation.if_revision != present["_rev"]:
            raise _revision_conflict(operation, present["_rev"])
        document: Mapping[str, Any] = present
        for step in operation.steps:
            document = step.apply(document)
        return MutationResult(operation.document_id, "update", self._store(operation.document_id, document))

    def _store(self, document_id: str, content: Mapping[str, Any]) -> Document:
        document = dict(content) | {"_id": document_id, "_rev": self.transaction_id, "_updatedAt": self.timestamp}
        if self.generate_array_keys:
            document = with_array_keys(document, self.identifiers)
        check_document(document, self.switches)
        self.changes[document_id] = document
        return document

    def _missing(self, document_id: str) -> MutationFailed:
        description = f'The document with the ID "{document_id}" was not found'
        switches = self.switches
        return MutationFailed(
            switches.missing_document_status, switches.missing_document_type, description, id=document_id
        )

    def _check_references(self) -> None:
        for document_id, document in self.changes.items():
            failure = self._deletion_failure(document_id) if document is None else self._reference_failure(document)
            if failure:
                self.failed.append(FailedItem(self._indexes[document_id], failure))

    def _deletion_failure(self, document_id: str) -> MutationFailed | None:
        remaining = [each for each in sorted(self.store.referrers(document_id)) if each not in self.changes]
        if not remaining:
            return None
        named = ", ".join(f'"{each}"' for each in remaining)
        description = f'Document "{document_id}" cannot be deleted as there are references to it from {named}'
        more = {"id": document_id, "referencingIDs": remaining}
        return MutationFailed(409, "documentHasExistingReferencesError", description, **more)

    def _reference_failure(self, document: Document) -> MutationFailed | None:
        for target in strong_references(document):
            if self._current(target) is None:
                description = f'Document "{document["_id"]}" references non-existent document "{target}"'
                more = {"id": document["_id"], "referenceID": target}
                return MutationFailed(409, "documentReferenceDoesNotExistError", description, **more)
        return None


def _revision_conflict(operation: Patch, current: str) -> MutationFailed:
    revisions = f'has unexpected revision ID ("{current}"), expected "{operation.if_revision}"'
    return MutationFailed(
        409,
        "documentRevisionIDDoesNotMatchError",
        f'Document "{operation.document_id}" {revisions}',
        id=operation.document_id,
        currentRevisionID=current,
        expectedRevisionID=operation.if_revision,
    )
