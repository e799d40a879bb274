"""One slice of one job: start it, exchange, and write down how far it got and why it stopped."""

from typing import Literal

from integrations.domain.errors import (
    JobCancelled,
    ReconnectRequired,
    RetryLater,
    ServiceError,
)
from integrations.domain.integration import Integration, StatusReason
from integrations.domain.job import Job
from integrations.providers.contract import Provider
from integrations.sync.caution import TRIES_ALONE_MAXIMUM
from integrations.sync.job_kinds import exchange_of, exchanged_types
from integrations.sync.ledger import Ledger, without_debts
from integrations.sync.ports import Finish
from integrations.sync.run import Run
from integrations.sync.stages import completed, ended, first_checkpoint, started
from integrations.sync.waits import WITHOUT_PROGRESS_MAXIMUM_MS, is_failing, is_quota, wait_ms
from integrations.sync.worker_ports import WorkerPorts

RECOVERIES_MAXIMUM = 5
MARGIN_MINIMUM_MS = 2_000

JobEnd = Literal["waiting", "continues", "ended"]


class JobRun:
    """Every way a slice of a job can go ends in one place here."""

    def __init__(
        self, ledger: Ledger, integration: Integration, ports: WorkerPorts, call_seconds_maximum: float
    ) -> None:
        self._ledger = ledger
        self._integration = integration
        self._ports = ports
        self._call_seconds_maximum = call_seconds_maximum

    def go(self, until_ms: int) -> JobEnd:
        """Runs until the job ends, has to wait, or `until_ms` comes near. Raises `LeaseLost`."""
        ledger = self._ledger
        ledger.settle_debts()
        try:
            if self._is_hopeless():
                return self._give_up()
            if ledger.job.status == "pending":
                self._start()
            elif ledger.job.not_before is not None:
                ledger.note("resumed", "info", "Resumed after waiting")
            if not self._exchange(until_ms):
                return "continues"
            return self._complete()
        except JobCancelled:
            return self._end("cancelled", Finish(), "Cancelled: what was done stays done")
        except RetryLater as error:
            return self._wait(error)
        except ReconnectRequired as error:
            return "continues" if self._has_other_credentials() else self._reconnect(error)
        except ServiceError as error:
            return self._stop(error)

    def _start(self) -> None:
        job = self._ledger.job
        watermark = self._ports.integrations.watermark(job.project_id, job.integration_id, job.direction)
        checkpoint = first_checkpoint(job, self._integration, watermark)
        words = f"Started: {job.direction}, {checkpoint['mode']}"
        self._ledger.start(started(job, checkpoint, self._ports.clock()), words)

    def _exchange(self, until_ms: int) -> bool:
        provider = self._ports.connect(self._integration)
        try:
            return self._work(provider, until_ms)
        finally:
            provider.close()

    def _work(self, provider: Provider, until_ms: int) -> bool:
        return exchange_of(self._run(provider, until_ms), provider).work(self._ledger.job.checkpoint or {})

    def _run(self, provider: Provider, until_ms: int) -> Run:
        def has_time() -> bool:
            margin = max(MARGIN_MINIMUM_MS, 2 * self._ledger.slowest_batch_ms)
            return self._ports.clock() + margin < until_ms

        stores = self._ports.ledger
        return Run(
            integration=self._integration,
            entity_types=exchanged_types(self._integration, provider, self._ledger.job.direction),
            ledger=self._ledger,
            entities=self._ports.entities,
            links=stores.links,
            failures=stores.failures,
            clock=self._ports.clock,
            mode=(self._ledger.job.checkpoint or {})["mode"],
            has_time=has_time,
            call_seconds_maximum=self._call_seconds_maximum,
        )

    def _complete(self) -> JobEnd:
        job, finish = completed(self._ledger.job, self._integration, self._ports.clock())
        words = f"{job.status.capitalize()}: {job.progress.completed} records done, {job.progress.failed} failed"
        self._ledger.finish(job, finish, words + _by_reason(job))
        return "ended"

    def _wait(self, error: RetryLater) -> JobEnd:
        now, job = self._ports.clock(), self._ledger.job
        has_own_time = is_quota(error)
        if not has_own_time and now - (job.progressed_at or now) >= WITHOUT_PROGRESS_MAXIMUM_MS:
            return self._end(
                "failed", Finish(), f"Failed: 24 hours without progress (service_unavailable): {error.message}"
            )
        not_before = now + wait_ms(error, job.waits)
        words = f"Waiting {(not_before - now) // 1_000} s for the service: {error.message} ({error.code})"
        self._ledger.note("waiting", "warning", words)
        if is_failing(error, job.waits):
            self._say_failing(error)
        try:
            if has_own_time:
                self._ledger.wait_until(not_before, job.waits, progressed_at=not_before)
            else:
                self._ledger.wait_until(not_before, job.waits + 1, job.progressed_at)
        except JobCancelled:
            return self._end("cancelled", Finish(), "Cancelled: what was done stays done")
        return "waiting"

    def _say_failing(self, error: RetryLater) -> None:
        """Whoever looks at the integration should see it before the job has ended. Its status stays."""
        reason = StatusReason("service_failing", error.message, self._ports.clock())
        scope = (self._integration.project_id, self._integration.id)
        self._ports.integrations.set_status(*scope, None, reason)

    def _has_other_credentials(self) -> bool:
        """Whether the refused ones were replaced since the slice began: the next slice, which reads the integration
        anew, goes on with the others. Each replacement gives one more try."""
        integration = self._integration
        now = self._ports.integrations.find(integration.project_id, integration.id)
        if now is None or now.credentials_version == integration.credentials_version:
            return False
        self._ledger.note(
            f"credentials-{now.credentials_version}",
            "info",
            "The credentials were replaced meanwhile: trying the new ones",
        )
        return True

    def _reconnect(self, error: ReconnectRequired) -> JobEnd:
        """Credentials that were dropped, not refused, leave the status as that left it."""
        if not self._integration.credentials_set:
            return self._stop(error)
        reason = StatusReason(error.code, error.message, self._ports.clock())
        return self._stop(
            error,
            Finish(status="error", status_reason=reason, credentials_version=self._integration.credentials_version),
        )

    def _stop(self, error: ServiceError, finish: Finish | None = None) -> JobEnd:
        return self._end("failed", finish or Finish(), f"Failed: {error.message} ({error.code})")

    def _is_hopeless(self) -> bool:
        """Whether too many workers died at one place; a record that is known to be the reason can still be skipped."""
        recoveries, suspect = self._ledger.lease.recoveries, self._ledger.job.suspect
        is_explained = suspect is not None and suspect.tries >= TRIES_ALONE_MAXIMUM
        return recoveries > RECOVERIES_MAXIMUM or (recoveries == RECOVERIES_MAXIMUM and not is_explained)

    def _give_up(self) -> JobEnd:
        place = without_debts(self._ledger.job.checkpoint or {})
        words = f"Failed: workers stopped {self._ledger.lease.recoveries} times at the same place, {place}"
        return self._end("failed", Finish(), words)

    def _end(self, status: Literal["failed", "cancelled"], finish: Finish, message: str) -> JobEnd:
        self._ledger.finish(ended(self._ledger.job, status, self._ports.clock()), finish, message)
        return "ended"


def _by_reason(job: Job) -> str:
    reasons = ", ".join(f"{code} {count}" for code, count in sorted(job.failure_reasons.items()))
    return f" ({reasons})" if reasons else ""
