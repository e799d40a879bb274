"""The line of jobs in memory: intake, lease, checkpoints, finish, exactly as the real one keeps them."""

from collections.abc import Sequence
from dataclasses import replace

from integrations.domain.errors import IdempotencyKeyReused, JobCancelled, LeaseLost
from integrations.domain.integration import Integration
from integrations.domain.job import UNFINISHED, Job, Lease
from integrations.domain.line import Finish, IdempotencyKey, NextDue
from tests.fakes.tables import FakeTables, LineState, UsedKey, through_json

IDEMPOTENCY_MS = 24 * 60 * 60 * 1000


class FakeIntake:
    """`JobIntake` in memory."""

    def __init__(self, tables: FakeTables) -> None:
        self._tables = tables

    def submit(self, job: Job, idempotency_key: IdempotencyKey | None, now: int) -> str:
        """The id of the job that does the work: an earlier one of the same key, a joined one, or this one."""
        place = (job.project_id, job.integration_id)
        if idempotency_key is not None:
            used = self._tables.used_keys.get((*place, idempotency_key.key))
            if used is not None and used.expires_at > now:
                return _replayed(used, idempotency_key)
        job_id = self._join(job) or self._append(job, now)
        if idempotency_key is not None:
            self._tables.used_keys[*place, idempotency_key.key] = UsedKey(idempotency_key, job_id, now + IDEMPOTENCY_MS)
        return job_id

    def replayed(self, project_id: str, integration_id: str, idempotency_key: IdempotencyKey, now: int) -> str | None:
        """The job of a key that is still kept."""
        used = self._tables.used_keys.get((project_id, integration_id, idempotency_key.key))
        return _replayed(used, idempotency_key) if used is not None and used.expires_at > now else None

    def _join(self, job: Job) -> str | None:
        line = self._tables.line(job.project_id, job.integration_id)
        return line.joinable.get(job.signature) if job.signature else None

    def _append(self, job: Job, now: int) -> str:
        line = self._tables.line(job.project_id, job.integration_id)
        self._tables.jobs[job.project_id, job.id] = _stored(job)
        line.waiting.add(job.id)
        if job.signature:
            line.joinable[job.signature] = job.id
        if line.due_at is None:
            line.due_at = now
        return job.id


class FakeLine:
    """`Line` in memory. `share_maximum` is how many of a project's lines may be leased at once."""

    def __init__(
        self, tables: FakeTables, *, lease_ms: int = 60_000, grace_ms: int = 5_000, share_maximum: int = 1_000
    ) -> None:
        self._tables = tables
        self._lease_ms = lease_ms
        self._grace_ms = grace_ms
        self._share_maximum = share_maximum

    def acquire(self, project_id: str, integration_id: str, owner: str, now: int) -> Lease | None:
        """An expired lease that nobody gave back counts as a recovery."""
        line = self._tables.line(project_id, integration_id)
        if line.leased(now) or self._leased_in_project(project_id, now) >= self._share_maximum:
            return None
        if line.owner is not None:
            line.recoveries += 1
        line.fence += 1
        line.owner = owner
        self._extend(line, now)
        deleted = line.remains == "left"
        return Lease(project_id, integration_id, owner, line.fence, line.lease_expires_at, line.recoveries, deleted)

    def head(self, lease: Lease) -> Job | None:
        """The job that was started, else the oldest."""
        head_id = self._tables.line(lease.project_id, lease.integration_id).head_id()
        return self._tables.job(lease.project_id, head_id) if head_id else None

    def start(self, lease: Lease, job: Job) -> None:
        """A cancelled job isn't started: `JobCancelled`."""
        line = self._fenced(lease)
        stored = self._tables.jobs[job.project_id, job.id]
        self._refuse_cancelled(job)
        if stored.status != "pending" or line.running not in (None, job.id):
            if stored == _stored(job):
                return
            raise LeaseLost(f"job {job.id} is {stored.status}, not pending")
        self._tables.jobs[job.project_id, job.id] = _stored(job)
        line.leave(job)
        line.running = job.id

    def advance(self, lease: Lease, job: Job, now: int) -> Lease:
        """The same step saved twice, equal in all, is saved once: its acknowledgement was lost."""
        line = self._fenced(lease)
        stored = self._tables.jobs[job.project_id, job.id]
        if stored == _stored(job):
            return replace(lease, expires_at=line.lease_expires_at)
        if line.lease_expires_at <= now:
            raise LeaseLost(f"the lease of {lease.owner} ended at {line.lease_expires_at}")
        self._refuse_cancelled(job)
        if stored.step != job.step - 1 or stored.status != "running":
            raise LeaseLost(f"job {job.id} is {stored.status} at step {stored.step}; {job.step} can't follow")
        self._tables.jobs[job.project_id, job.id] = _stored(job)
        line.recoveries = lease.recoveries
        self._extend(line, now)
        return replace(lease, expires_at=line.lease_expires_at)

    def finish(self, lease: Lease, job: Job, finish: Finish) -> None:
        """Works for a job that never ran, too, and whatever became of the integration."""
        stored = self._tables.jobs[job.project_id, job.id]
        if stored == _stored(job) or stored.status == job.status == "cancelled":
            return
        line = self._fenced(lease)
        if stored.status not in UNFINISHED:
            raise LeaseLost(f"job {job.id} is {stored.status} already")
        self._tables.jobs[job.project_id, job.id] = _stored(job)
        self._tables.cancel_requested.discard((job.project_id, job.id))
        line.leave(job)
        line.recoveries = 0
        self._finish_integration(job, finish)

    def release(self, lease: Lease, now: int) -> NextDue | None:
        """Twice is once; `LeaseLost` when another holder has come."""
        line = self._tables.line(lease.project_id, lease.integration_id)
        if line.fence != lease.fence or line.owner not in (None, lease.owner):
            raise LeaseLost(f"fence {line.fence} has followed {lease.fence}")
        line.owner = None
        head = self.head(lease)
        if head is None and line.remains == "left":
            line.due_at = now
            return NextDue(None, now)
        if head is None:
            line.due_at = None
            if line.remains == "gone":
                del self._tables.lines[lease.project_id, lease.integration_id]
            return None
        line.due_at = max(now, (not head.cancel_requested and head.not_before) or now)
        return NextDue(head.id, line.due_at)

    def forget(self, lease: Lease) -> None:
        """The release then takes the line away."""
        self._fenced(lease).remains = "gone"

    def due_in_project(self, project_id: str, now: int) -> str | None:
        """Longest due first."""
        due = [
            (line.due_at, integration_id)
            for (project, integration_id), line in self._tables.lines.items()
            if project == project_id and line.due_at is not None and line.due_at <= now and not line.leased(now)
        ]
        return min(due)[1] if due else None

    def overdue(self, now: int, limit: int) -> Sequence[tuple[str, str]]:
        """Longest due first."""
        due = [(line.due_at, place) for place, line in self._tables.lines.items() if line.due_at is not None]
        return [place for due_at, place in sorted(due) if due_at <= now][:limit]

    def _leased_in_project(self, project_id: str, now: int) -> int:
        return sum(line.leased(now) for (project, _), line in self._tables.lines.items() if project == project_id)

    def _extend(self, line: LineState, now: int) -> None:
        line.lease_expires_at = now + self._lease_ms
        line.due_at = -(-(line.lease_expires_at + self._grace_ms) // self._grace_ms) * self._grace_ms

    def _fenced(self, lease: Lease) -> LineState:
        line = self._tables.line(lease.project_id, lease.integration_id)
        if line.owner != lease.owner or line.fence != lease.fence:
            raise LeaseLost(f"{lease.owner} (fence {lease.fence}) no longer holds {lease.integration_id}")
        return line

    def _refuse_cancelled(self, job: Job) -> None:
        stored = self._tables.job(job.project_id, job.id)
        if stored is not None and (stored.cancel_requested or stored.status == "cancelled"):
            raise JobCancelled(f"job {job.id} was cancelled")

    def _finish_integration(self, job: Job, finish: Finish) -> None:
        place = (job.project_id, job.integration_id)
        integration = self._tables.integrations.get(place)
        if integration is None:
            return
        if finish.watermark is not None:
            self._tables.watermarks[*place, job.direction] = finish.watermark
        self._tables.integrations[place] = _finished(integration, finish)


def _finished(integration: Integration, finish: Finish) -> Integration:
    """A status that an admin set to `inactive` stays, and so does its reason; that of other credentials, too."""
    if finish.last_sync_at is not None:
        integration = replace(integration, last_sync_at=finish.last_sync_at)
    replaced = integration.credentials_version != finish.credentials_version
    if replaced or integration.status == "inactive" or (finish.status is None and finish.status_reason is None):
        return integration
    status = finish.status or integration.status
    return replace(integration, status=status, status_reason=finish.status_reason)  # type: ignore[arg-type]


def _stored(job: Job) -> Job:
    """As it comes back: the checkpoint has been JSON text."""
    checkpoint, reasons = through_json(job.checkpoint), dict(job.failure_reasons)
    return replace(job, checkpoint=checkpoint, failure_reasons=reasons, cancel_requested=False)


def _replayed(used: UsedKey, key: IdempotencyKey) -> str:
    if used.key.body_hash != key.body_hash:
        message = f"the Idempotency-Key {key.key!r} was used for another body; use a new key for a new request"
        raise IdempotencyKeyReused(message)
    return used.job_id
