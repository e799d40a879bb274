"""Events that wait to be told, in memory."""

from collections.abc import Sequence

from integrations.domain.events import StoredEvent
from tests.fakes.tables import FakeTables


class FakeOutbox:
    """`Outbox` in memory."""

    def __init__(self, tables: FakeTables) -> None:
        self._tables = tables

    def overdue(self, now: int, limit: int) -> Sequence[StoredEvent]:
        """Oldest first."""
        return [stored for due_at, stored in self._sorted() if due_at <= now][:limit]

    def remove(self, events: Sequence[StoredEvent]) -> None:
        """One that is gone already is no failure."""
        for stored in events:
            self._tables.outbox.pop((stored.project_id, stored.id), None)

    def _sorted(self) -> list[tuple[int, StoredEvent]]:
        return sorted(self._tables.outbox.values(), key=lambda each: (each[0], each[1].id))
