"""The documents in the orders that queries ask for, so that a page costs its own length and not the dataset's."""

import heapq
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]


class DocumentIndex:
    """Documents by id, and per type sorted by `(_updatedAt, _id)` and by `_id`."""

    def __init__(self, documents: Iterable[Document] = ()) -> None:
        self._documents: dict[str, Document] = {}
        self._by_change: dict[str, list[tuple[str, str]]] = {}
        self._by_id: dict[str, list[str]] = {}
        self.load(documents)

    def load(self, documents: Iterable[Document]) -> None:
        """Takes in many documents at once, by sorting instead of inserting; of one id the last counts."""
        loaded = {document["_id"]: document for document in documents}
        for document_id in loaded.keys() & self._documents.keys():
            self.remove(document_id)
        self._documents |= loaded
        for document in loaded.values():
            self._by_change.setdefault(document["_type"], []).append((document["_updatedAt"], document["_id"]))
            self._by_id.setdefault(document["_type"], []).append(document["_id"])
        for document_type in {document["_type"] for document in loaded.values()}:
            self._by_change[document_type].sort()
            self._by_id[document_type].sort()

    def put(self, document: Document) -> None:
        """Takes in one document, in place of the one with its id."""
        self.remove(document["_id"])
        self._documents[document["_id"]] = document
        insort(self._by_change.setdefault(document["_type"], []), (document["_updatedAt"], document["_id"]))
        insort(self._by_id.setdefault(document["_type"], []), document["_id"])

    def remove(self, document_id: str) -> None:
        """Lets go of a document, if it is there."""
        document = self._documents.pop(document_id, None)
        if document is None:
            return
        by_change, by_id = self._by_change[document["_type"]], self._by_id[document["_type"]]
        del by_change[bisect_left(by_change, (document["_updatedAt"], document_id))]
        del by_id[bisect_left(by_id, document_id)]

    def get(self, document_id: str) -> Document | None:
        """The document as indexed."""
        return self._documents.get(document_id)

    def documents(self) -> Iterator[Document]:
        """All documents, in no particular order."""
        return iter(self._documents.values())

    def changed_after(self, types: Iterable[str], updated_at: str, document_id: str) -> Iterator[Document]:
        """Documents of these types with `(_updatedAt, _id)` beyond the given pair, in that order."""
        ranges = [self._change_range(each, (updated_at, document_id)) for each in set(types) & set(self._by_change)]
        for _, found in heapq.merge(*ranges):
            yield self._documents[found]

    def ids_after(self, document_type: str, document_id: str) -> Iterator[str]:
        """Ids of this type beyond the given one, in order."""
        ids = self._by_id.get(document_type, [])
        return (ids[position] for position in range(bisect_right(ids, document_id), len(ids)))

    def _change_range(self, document_type: str, place: tuple[str, str]) -> Iterator[tuple[str, str]]:
        ordered = self._by_change[document_type]
        return (ordered[position] for position in range(bisect_right(ordered, place), len(ordered)))
