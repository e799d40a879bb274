"""Events that wait to be told: the adapter of `sync.ports.Outbox`. Stands on IntegrationsTable."""

import json
from collections.abc import Iterable, Sequence
from itertools import islice

from integrations.domain.events import BusEvent, StoredEvent
from integrations.storage import keys
from integrations.storage.attributes import Item
from integrations.storage.expressions import Put, Query
from integrations.storage.table import Table

GRACE_MS = 60_000
"""How long whoever stored an event has to tell it, before the recovery does."""


class OutboxStore:
    """Events stay until they are removed."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def overdue(self, now: int, limit: int) -> Sequence[StoredEvent]:
        """DueIndex, which may lag by moments, says where to look."""
        values = {"shard": keys.OUTBOX_SHARD, "now": now}
        query = Query("#dueShard = :shard AND #dueAt <= :now", values, index=keys.DUE_INDEX)
        found = islice(self._table.query(query, page_size=limit), limit)
        return _events(self._table.batch_get({"pk": item["pk"], "sk": item["sk"]} for item in found))

    def remove(self, events: Sequence[StoredEvent]) -> None:
        """One that is gone already is no failure."""
        self._table.batch_write(delete=[keys.stored_event(event.project_id, event.id) for event in events])


def put_event(stored: StoredEvent, now: int) -> Put:
    """Keeps the event, in the transaction that makes it true."""
    return Put(
        {
            **keys.stored_event(stored.project_id, stored.id),
            "projectId": stored.project_id,
            "name": stored.event.name,
            "source": stored.event.source,
            "detail": json.dumps(dict(stored.event.detail), separators=(",", ":")),
            "dueShard": keys.OUTBOX_SHARD,
            "dueAt": now + GRACE_MS,
        }
    )


def _events(items: Iterable[Item]) -> list[StoredEvent]:
    found = [
        (
            item["dueAt"],
            StoredEvent(
                item["projectId"], item["sk"], BusEvent(item["name"], item["source"], json.loads(item["detail"]))
            ),
        )
        for item in items
    ]
    return [stored for _, stored in sorted(found, key=lambda each: (each[0], each[1].id))]
