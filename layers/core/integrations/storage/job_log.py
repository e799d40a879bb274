"""A job's log: the adapter of `sync.ports.JobLog`, and what the API shows of it."""

from collections.abc import Sequence
from typing import Any

from integrations.domain.job import Job, LogEntry
from integrations.storage import keys
from integrations.storage.expiry import is_live
from integrations.storage.expressions import Query
from integrations.storage.job_items import job_expires_at
from integrations.storage.table import Table


class JobLogStore:
    """Stands on IntegrationsTable. An entry's key is its sort key, so that a repeated batch writes no second one."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def write(self, job: Job, entries: Sequence[LogEntry]) -> None:
        """Kept as long as the job."""
        self._table.batch_write(log_item(job, entry) for entry in entries)

    def newest(self, project_id: str, job_id: str, limit: int, now: int) -> tuple[Sequence[LogEntry], int]:
        """The newest entries, oldest of them first, and how many older ones there are. Reads the whole log: it is
        bounded (1,000 failed records), and its order is that of time, not of keys."""
        items = self._table.query(Query("#pk = :pk", {"pk": keys.job_log(project_id, job_id)}))
        entries = [
            LogEntry(item["sk"], item["timestamp"], item["level"], item["message"])
            for item in items
            if is_live(item, now)
        ]
        entries.sort(key=lambda entry: (entry.timestamp, entry.key))
        omitted = max(0, len(entries) - limit)
        return entries[omitted:], omitted


def log_item(job: Job, entry: LogEntry) -> dict[str, Any]:
    """The entry as it is stored."""
    return {
        "pk": keys.job_log(job.project_id, job.id),
        "sk": entry.key,
        "timestamp": entry.timestamp,
        "level": entry.level,
        "message": entry.message,
        "expiresAt": job_expires_at(job),
    }
