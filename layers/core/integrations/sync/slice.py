"""One slice: a worker looks at an integration's line and moves its head forward, for as long as it may."""

from dataclasses import dataclass
from typing import Literal

from integrations.domain.errors import LeaseLost
from integrations.domain.job import Lease, Progress
from integrations.sync.cancel import CANCELLED, DELETED, MADE_INACTIVE
from integrations.sync.job_run import JobRun
from integrations.sync.ledger import Ledger
from integrations.sync.ports import Finish, NextDue
from integrations.sync.remains import clear_away
from integrations.sync.stages import ended
from integrations.sync.worker_ports import WorkerPorts

WAKE_UP_DELAY_MAXIMUM_MS = 905_000
"""A moment more than the queue's own 900 s: who is woken that much too early sends the rest."""

SliceEnd = Literal["busy", "idle", "waiting", "continues", "ended", "lease_lost"]


@dataclass(frozen=True, slots=True)
class SliceReport:
    """How a look at a line ended, for the worker's own log."""

    end: SliceEnd
    job_id: str | None = None
    progress: Progress = Progress()


class Worker:
    """Looks at lines. `owner` names this invocation; `call_seconds_maximum` bounds any single call to a service."""

    def __init__(self, ports: WorkerPorts, owner: str, call_seconds_maximum: float) -> None:
        self._ports = ports
        self._line = ports.ledger.line
        self._owner = owner
        self._call_seconds_maximum = call_seconds_maximum

    def look(self, project_id: str, integration_id: str, until_ms: int) -> SliceReport:
        """Works on the line's head until it ends, has to wait, or `until_ms` (Unix) comes near. An unexpected error
        leaves the lease to run out, so that the recovery counts it."""
        lease = self._line.acquire(project_id, integration_id, self._owner, self._ports.clock())
        if lease is None:
            return SliceReport("busy")
        try:
            report, lease = self._work(lease, until_ms)
            due = self._line.release(lease, self._ports.clock())
        except LeaseLost:
            return SliceReport("lease_lost")
        self._wake_next(lease, due)
        return report

    def _work(self, lease: Lease, until_ms: int) -> tuple[SliceReport, Lease]:
        clock = self._ports.clock
        job = self._line.head(lease)
        if job is None:
            is_done = not lease.deleted or clear_away(self._ports, lease, until_ms)
            return SliceReport("idle" if is_done else "continues"), lease
        ledger = Ledger(self._ports.ledger, lease, job, clock)
        integration = self._ports.integrations.find(lease.project_id, lease.integration_id)
        if integration is None or integration.status == "inactive" or job.cancel_requested:
            reason = DELETED if integration is None else CANCELLED if job.cancel_requested else MADE_INACTIVE
            ledger.finish(ended(job, "cancelled", clock()), Finish(), reason)
            return SliceReport("ended", job.id, job.progress), lease
        if job.not_before is not None and job.not_before > clock():
            return SliceReport("waiting", job.id, job.progress), lease
        run = JobRun(ledger, integration, self._ports, self._call_seconds_maximum)
        return SliceReport(run.go(until_ms), job.id, ledger.job.progress), ledger.lease

    def _wake_next(self, lease: Lease, due: NextDue | None) -> None:
        """Wakes this line's next job, and the line of the project that has been due longest."""
        now = self._ports.clock()
        if due is not None and due.due_at - now <= WAKE_UP_DELAY_MAXIMUM_MS:
            self._ports.wake_ups.send(lease.project_id, lease.integration_id, max(0, due.due_at - now))
        other = self._line.due_in_project(lease.project_id, now)
        if other is not None and other != lease.integration_id:
            self._ports.wake_ups.send(lease.project_id, other, 0)
