"""The dataset: documents by id, transaction ids ever used, and the query index that may lag behind."""

import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from tests.simulators.sanity.index import Document, DocumentIndex
from tests.simulators.sanity.lagging_index import LaggingIndex
from tests.simulators.sanity.references import ReferenceRegister

EPOCH = datetime.fromtimestamp(0, UTC)


class DocumentStore:
    """Stored documents are never changed in place, so that readers may use them without the lock."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.clear()

    def clear(self) -> None:
        """Forgets everything."""
        with self.lock:
            self._documents: dict[str, Document] = {}
            self._transaction_ids: set[str] = set()
            self._references = ReferenceRegister()
            self._index = LaggingIndex()
            self._last_commit = EPOCH

    def get(self, document_id: str) -> Document | None:
        """The document as it is now, whatever the index shows."""
        return self._documents.get(document_id)

    def documents(self) -> list[Document]:
        """All documents, sorted by id."""
        with self.lock:
            return [self._documents[document_id] for document_id in sorted(self._documents)]

    def referrers(self, document_id: str) -> set[str]:
        """The ids of the documents that refer strongly to this one."""
        return self._references.referrers(document_id)

    def index(self, now: float) -> DocumentIndex:
        """The index as queries see it at `now`; read it under the lock."""
        return self._index.as_of(now)

    def settle(self) -> int:
        """Lets the index catch up; returns the number of writes it had to."""
        with self.lock:
            return self._index.settle()

    def was_used(self, transaction_id: str) -> bool:
        """Whether a transaction of this id was ever committed."""
        return transaction_id in self._transaction_ids

    def commit_moment(self, now: datetime) -> datetime:
        """The time of a commit made at `now`: never before the last one's, even if the clock was moved back."""
        return max(now, self._last_commit)

    def commit(
        self, transaction_id: str, moment: datetime, changes: Mapping[str, Document | None], visible_at: float | None
    ) -> None:
        """Makes the changes (None: a delete) and remembers the transaction; call it under the lock."""
        self._transaction_ids.add(transaction_id)
        self._last_commit = moment
        for document_id, document in changes.items():
            self._references.replace(document_id, self._documents.get(document_id), document)
            if document is None:
                self._documents.pop(document_id, None)
            else:
                self._documents[document_id] = document
            self._index.write(document_id, document, visible_at)

    def load(self, documents: Iterable[Document], transaction_ids: Iterable[str] = ()) -> None:
        """Takes in documents as they are, visible at once."""
        with self.lock:
            loaded = list(documents)
            for document in loaded:
                self._references.replace(document["_id"], self._documents.get(document["_id"]), document)
                self._documents[document["_id"]] = document
            self._index.load(loaded)
            self._transaction_ids.update(transaction_ids)

    def export(self) -> dict[str, Any]:
        """Documents and transaction ids, as JSON."""
        with self.lock:
            return {"documents": self.documents(), "transactionIds": sorted(self._transaction_ids)}
