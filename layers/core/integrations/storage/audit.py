"""The audit of management calls. Entries are written with the change they tell of, in its transaction."""

from itertools import islice

from integrations.domain.audit import AUDIT_RETENTION_DAYS, AuditEntry, AuditPage
from integrations.storage import keys
from integrations.storage.attributes import Item
from integrations.storage.expiry import is_live
from integrations.storage.expressions import Put, Query
from integrations.storage.table import Table

DAY_SECONDS = 24 * 60 * 60


class AuditStore:
    """Stands on IntegrationsTable. Entries are kept 90 days, those of a deleted integration too."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def list(self, project_id: str, integration_id: str, limit: int, before_id: str | None, now: int) -> AuditPage:
        """The newest `limit` entries older than `before_id`."""
        values = {"pk": keys.audit(project_id, integration_id), "before": before_id}
        condition = "#pk = :pk AND #sk < :before" if before_id else "#pk = :pk"
        items = self._table.query(Query(condition, values, consistent=True, newest_first=True), limit + 1)
        entries = tuple(islice((_entry(item) for item in items if is_live(item, now)), limit + 1))
        return AuditPage(entries[:limit], entries[limit - 1].id if len(entries) > limit else None)


def put_entry(project_id: str, integration_id: str, entry: AuditEntry) -> Put:
    """Keeps the entry."""
    return Put(
        {
            "pk": keys.audit(project_id, integration_id),
            "sk": entry.id,
            "at": entry.at,
            "keyId": entry.key_id,
            "action": entry.action,
            "changed": list(entry.changed),
            "expiresAt": entry.at // 1000 + AUDIT_RETENTION_DAYS * DAY_SECONDS,
        }
    )


def _entry(item: Item) -> AuditEntry:
    return AuditEntry(item["sk"], item["at"], item["keyId"], item["action"], tuple(item["changed"]))
