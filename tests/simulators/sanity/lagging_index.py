"""The query index behind the data: it sees a write when it is told to, or when its lag has passed."""

import heapq
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.simulators.sanity.index import Document, DocumentIndex


@dataclass(order=True, slots=True)
class _PendingWrite:
    visible_at: float
    number: int
    document_id: str = field(compare=False)
    document: Document | None = field(compare=False)


class LaggingIndex:
    """Holds writes back until they are due. An older write never undoes a newer one that was visible before it."""

    def __init__(self) -> None:
        self._index = DocumentIndex()
        self._pending: list[_PendingWrite] = []
        self._numbers = itertools.count(1)
        self._shown: dict[str, int] = {}

    def load(self, documents: Iterable[Document]) -> None:
        """Takes in documents that are visible at once."""
        self._index.load(documents)

    def write(self, document_id: str, document: Document | None, visible_at: float | None) -> None:
        """Notes a write (None: a delete), visible at once if `visible_at` is None."""
        write = _PendingWrite(visible_at or 0.0, next(self._numbers), document_id, document)
        if visible_at is None:
            self._show(write)
        else:
            heapq.heappush(self._pending, write)

    def as_of(self, now: float) -> DocumentIndex:
        """The index with every write that is due by `now`."""
        while self._pending and self._pending[0].visible_at <= now:
            self._show(heapq.heappop(self._pending))
        if not self._pending:
            self._shown.clear()
        return self._index

    def settle(self) -> int:
        """Shows every write still held back; returns how many there were."""
        held = len(self._pending)
        self.as_of(float("inf"))
        return held

    def _show(self, write: _PendingWrite) -> None:
        if self._shown.get(write.document_id, 0) > write.number:
            return
        if self._pending:
            self._shown[write.document_id] = write.number
        if write.document is None:
            self._index.remove(write.document_id)
        else:
            self._index.put(write.document)
