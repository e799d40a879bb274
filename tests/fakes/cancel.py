"""Cancelling jobs in memory."""

from collections.abc import Sequence
from dataclasses import replace

from integrations.domain.errors import JobFinished
from integrations.domain.job import JOB_RETENTION_DAYS, UNFINISHED, LogEntry
from integrations.domain.line import Cancellation
from tests.fakes.tables import FakeTables

RETENTION_MS = JOB_RETENTION_DAYS * 24 * 60 * 60 * 1000


class FakeCancellations:
    """`Cancellations` in memory."""

    def __init__(self, tables: FakeTables) -> None:
        self._tables = tables

    def unfinished(self, project_id: str, integration_id: str, limit: int) -> Sequence[str]:
        """The started one first."""
        line = self._tables.line(project_id, integration_id)
        return [*([line.running] if line.running else []), *sorted(line.waiting)][:limit]

    def cancel(self, project_id: str, job_id: str, reason: str, now: int) -> Cancellation | None:
        """At once, unless a worker holds the line and the job is the one it runs."""
        job = self._tables.job(project_id, job_id)
        if job is None or job.created_at + RETENTION_MS <= now:
            return None
        if job.status not in UNFINISHED:
            raise JobFinished(f"the job {job.id} is {job.status} already")
        line = self._tables.line(project_id, job.integration_id)
        if line.leased(now) and job.status == "running":
            self._tables.request_cancel(project_id, job_id)
            return Cancellation(replace(job, cancel_requested=True), due=False)
        ended = replace(job, status="cancelled", completed_at=now, not_before=None, cancel_requested=False)
        entry = LogEntry(f"step-{job.step:08d}-ended", now, "warning", reason)
        self._tables.logs.setdefault((project_id, job_id), {})[entry.key] = entry
        self._tables.jobs[project_id, job_id] = ended
        self._tables.cancel_requested.discard((project_id, job_id))
        line.leave(job)
        if line.leased(now):
            return Cancellation(ended, due=False)
        line.due_at = now
        if job.status == "running":
            line.owner, line.recoveries = None, 0
        return Cancellation(ended, due=True)
