"""Changes of schedules that may not have been carried out yet: the adapter of `management.ports.ScheduleChanges`, and
of `sync.scheduled.ScheduleChanges`. Stands on IntegrationsTable."""

from collections.abc import Sequence
from itertools import islice

from integrations.domain.scheduled_sync import ScheduleChange
from integrations.storage import keys
from integrations.storage.expressions import Delete, Put, Query
from integrations.storage.table import Table

GRACE_MS = 60_000
"""How long whoever made a change has to carry it out, before the recovery does."""


class ScheduleChangeStore:
    """Changes stay until they are removed."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def note(self, change: ScheduleChange, now: int) -> None:
        """Keeps one that nobody carries out by himself: it is due at once."""
        self._table.write(put_change(change, now))

    def overdue(self, now: int, limit: int) -> Sequence[ScheduleChange]:
        """Longest first, of DueIndex, which may lag by moments."""
        values = {"shard": keys.SCHEDULES_SHARD, "now": now}
        query = Query("#dueShard = :shard AND #dueAt <= :now", values, index=keys.DUE_INDEX)
        found = islice(self._table.query(query, page_size=limit), limit)
        return [
            ScheduleChange(item["projectId"], item["integrationId"], item["sk"].rpartition("#")[2]) for item in found
        ]

    def remove(self, change: ScheduleChange) -> None:
        """One that is gone already is no failure."""
        self._table.write(Delete(keys.schedule_change(change.project_id, change.integration_id, change.id)))


def put_change(change: ScheduleChange, due_at: int) -> Put:
    """Keeps the change; where there is one to make, in the transaction that makes it."""
    return Put(
        {
            **keys.schedule_change(change.project_id, change.integration_id, change.id),
            "projectId": change.project_id,
            "integrationId": change.integration_id,
            "dueShard": keys.SCHEDULES_SHARD,
            "dueAt": due_at,
        }
    )
