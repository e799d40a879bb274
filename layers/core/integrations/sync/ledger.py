"""The order of effects: what a batch did is written down before the checkpoint moves over it.

links and failures and log entries (all repeatable) → one fenced write of checkpoint, counters and lease.
A crash in between repeats the batch, and the links make the repetition find nothing to do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from integrations.domain.errors import JobCancelled, LeaseLost
from integrations.domain.job import Job, Lease, LogEntry, LogLevel, Progress, Suspect
from integrations.domain.link import Failure, Link
from integrations.providers.contract import Notice
from integrations.sync.caution import TRIES_ALONE_MAXIMUM, cut_after, cuts_past
from integrations.sync.ports import Clock, Failures, Finish, JobLog, Line, Links

LOGGED_FAILURES_MAXIMUM = 1_000
UNSAVED_PROGRESS_MAXIMUM_MS = 5_000
CLEARED = "cleared"
"""In a checkpoint: {record id: run} of the failures that are to be forgotten once it is saved."""


@dataclass(slots=True)
class Effects:
    """What a batch did, gathered until it is committed. `tried` counts the records that took more than a look at what
    is remembered of them."""

    completed: int = 0
    tried: int = 0
    links: list[Link] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    still_failed: list[Failure] = field(default_factory=list)
    cleared: list[Failure] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def settled(self) -> int:
        """How many records are done with, either way."""
        return self.completed + len(self.failed) + len(self.still_failed)


@dataclass(frozen=True, slots=True)
class LedgerStores:
    """Where effects are written down."""

    line: Line
    links: Links
    failures: Failures
    log: JobLog


class Ledger:
    """The running job's state and the only way to move it. Raises `LeaseLost` and `JobCancelled` from the line."""

    def __init__(self, stores: LedgerStores, lease: Lease, job: Job, clock: Clock) -> None:
        self.lease = lease
        self.job = job
        self._stores = stores
        self._scope = (lease.project_id, lease.integration_id)
        self._clock = clock
        self._saved_at = clock()
        self._cuts = job.cuts
        self.slowest_batch_ms = 0

    def take_care(self, records_at_once: int) -> None:
        """Where workers died, batches of `records_at_once` are cut."""
        self._cuts = cut_after(self.job.cuts, self.lease.recoveries, records_at_once)

    @property
    def batch_maximum(self) -> int | None:
        """How many records may be tried at once now; None where no worker died."""
        return self._cuts[-1].records if self._cuts else None

    def is_poison(self, record_id: str) -> bool:
        """Whether the record has killed its worker twice alone. If not, it is written down that it's tried now."""
        suspect = self.job.suspect
        tries = suspect.tries if suspect is not None and suspect.record_id == record_id else 0
        if tries >= TRIES_ALONE_MAXIMUM:
            return True
        self._advance(replace(self.job, suspect=Suspect(record_id, tries + 1)))
        return False

    def commit(self, effects: Effects, checkpoint: Mapping[str, Any], ahead: int) -> None:
        """Writes a batch's effects down and moves the checkpoint over them; `ahead` more records are known to come.
        Raises `LeaseLost` before it writes anything if the lease has run out."""
        self.require_lease()
        self._write_repeatable(effects)
        cleared = {failure.record_id: failure.run for failure in effects.cleared}
        before, before_checkpoint = self.job.progress, self.job.checkpoint
        completed = before.completed + effects.completed
        failed = before.failed + effects.settled - effects.completed
        moved = replace(
            self.job,
            checkpoint={**without_debts(checkpoint), **({CLEARED: cleared} if cleared else {})},
            progress=Progress(max(completed + failed + ahead, len(self.job.entity_ids or ())), completed, failed),
            failure_reasons=_counted(self.job.failure_reasons, effects),
            progressed_at=self._clock(),
            waits=0,
            not_before=None,
        )
        if without_debts(checkpoint) != without_debts(before_checkpoint or {}):
            moved = replace(moved, cuts=cuts_past(self._cuts, effects.tried), suspect=None)
            self.lease = replace(self.lease, recoveries=0)
            self._cuts = moved.cuts
        self._advance(moved)
        if effects.cleared:
            # Only now: cleared earlier, a crash would make the repeated batch overlook these records.
            self._stores.failures.clear(*self._scope, self.job.direction, effects.cleared)

    def settle_debts(self) -> None:
        """Forgets the failures that the saved checkpoint has cleared: its worker may have stopped before it could."""
        runs = (self.job.checkpoint or {}).get(CLEARED)
        if runs:
            found = self._stores.failures.read(*self._scope, self.job.direction, list(runs))
            cleared = [failure for failure in found.values() if failure.run == runs[failure.record_id]]
            self._stores.failures.clear(*self._scope, self.job.direction, cleared)

    def require_lease(self) -> None:
        """Raises `LeaseLost` once the lease has run out: another worker may have read newer values by then, so that no
        entity, link or failure may be written from what was read before."""
        if self.lease.expires_at <= self._clock():
            raise LeaseLost(f"the lease of {self.lease.owner} ended at {self.lease.expires_at}")

    def keep_alive(self, call_seconds_maximum: float) -> None:
        """Extends the lease where it might not outlive the next call."""
        if self.lease.expires_at - self._clock() < call_seconds_maximum * 1_000:
            self._advance(self.job)

    def wait_until(self, not_before: int, waits: int, progressed_at: int | None) -> None:
        """Lets the job rest until a time that no later job shortens. What `progressed_at` covers doesn't count as time
        without progress."""
        self._advance(replace(self.job, not_before=not_before, waits=waits, progressed_at=progressed_at, suspect=None))

    def note(self, name: str, level: LogLevel, message: str) -> None:
        """Adds a line to the job's log, once per step and name."""
        entry = LogEntry(f"step-{self.job.step:08d}-{name}", self._clock(), level, message)
        self._stores.log.write(self.job, [entry])

    def start(self, job: Job, message: str) -> None:
        """Saves the job as running."""
        self._stores.line.start(self.lease, job)
        self.job = job
        self.note("started", "info", message)

    def finish(self, job: Job, finish: Finish, message: str) -> None:
        """Saves the job as ended, and what ends with it."""
        levels: dict[str, LogLevel] = {"completed": "info", "cancelled": "warning"}
        self.note("ended", levels.get(job.status, "error"), message)
        self._stores.line.finish(self.lease, job, finish)
        self.job = job
        self.settle_debts()

    def is_unsaved_too_long(self) -> bool:
        """Whether progress without a request has gone unsaved for so long that a crash would be felt."""
        return self._clock() - self._saved_at >= UNSAVED_PROGRESS_MAXIMUM_MS

    def _advance(self, job: Job) -> None:
        moved = replace(job, step=job.step + 1)
        now = self._clock()
        try:
            self.lease = self._stores.line.advance(self.lease, moved, now)
        except JobCancelled:
            # What was done is counted, though nothing more will be.
            self.job = moved
            raise
        self.job = moved
        self.slowest_batch_ms = max(self.slowest_batch_ms, now - self._saved_at)
        self._saved_at = self._clock()

    def _write_repeatable(self, effects: Effects) -> None:
        direction = self.job.direction
        if effects.links:
            self._stores.links.write(*self._scope, effects.links)
        if effects.failed:
            self._stores.failures.write(*self._scope, direction, effects.failed)
        room = max(0, LOGGED_FAILURES_MAXIMUM - self.job.progress.failed)
        lines = [_failure_line(failure, self._clock()) for failure in (effects.failed + effects.still_failed)[:room]]
        lines += [_notice_line(notice, self._clock()) for notice in effects.notices]
        if lines:
            self._stores.log.write(self.job, lines)


def without_debts(checkpoint: Mapping[str, Any]) -> dict[str, Any]:
    """The place alone."""
    return {key: value for key, value in checkpoint.items() if key != CLEARED}


def _failure_line(failure: Failure, now: int) -> LogEntry:
    key = f"record-{failure.record_id}"
    return LogEntry(key, now, "error", f"{failure.record_id}: {failure.message} ({failure.code})")


def _notice_line(notice: Notice, now: int) -> LogEntry:
    return LogEntry(f"notice-{notice.key}", now, "warning", notice.message)


def _counted(reasons: Mapping[str, int], effects: Effects) -> dict[str, int]:
    counted = dict(reasons)
    for failure in (*effects.failed, *effects.still_failed):
        counted[failure.code] = counted.get(failure.code, 0) + 1
    return counted
