"""Somebody cancels a job: at once where no worker holds it, else before its worker does anything more."""

from contextlib import suppress
from typing import TYPE_CHECKING, Final, Protocol

from integrations.domain.errors import JobFinished, JobNotFound
from integrations.sync.waking import woken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from integrations.domain.job import Job
    from integrations.domain.line import Cancellation
    from integrations.sync.ports import WakeUps

AT_ONCE_MAXIMUM: Final = 25
CANCELLED = "Cancelled: what was done stays done"
DELETED = "Cancelled: the integration was deleted"
MADE_INACTIVE = "Cancelled: the integration was made inactive"


class Cancellations(Protocol):
    """What takes jobs out of their lines."""

    def unfinished(self, project_id: str, integration_id: str, limit: int) -> "Sequence[str]":
        """The ids of a line's first unfinished jobs, in their order."""

    def cancel(self, project_id: str, job_id: str, reason: str, now: int) -> "Cancellation | None":
        """Ends the job, with `reason` in its log, or asks the worker that holds it to; None without such a job. Raises
        `JobFinished` for one that has ended. Whatever a worker does at that moment, the job is lost to nobody: it is
        ended once, and what was counted stays."""


def cancel_line(project_id: str, integration_id: str, cancellations: Cancellations, now: int) -> None:
    """Cancels the first jobs of a deleted integration's line; its worker cancels the others."""
    for job_id in cancellations.unfinished(project_id, integration_id, AT_ONCE_MAXIMUM):
        with suppress(JobFinished):
            cancellations.cancel(project_id, job_id, DELETED, now)


def cancel_job(
    project_id: str, job_id: str, cancellations: Cancellations, wake_ups: "WakeUps", now: int
) -> "tuple[Job, bool]":
    """The job as it is now, and whether the next in its line could be woken where that was due; if not, the recovery
    does it. Raises `JobNotFound`, `JobFinished`."""
    done = cancellations.cancel(project_id, job_id, CANCELLED, now)
    if done is None:
        message = f"the project {project_id!r} has no job {job_id[:128]!r}; jobs are kept 90 days"
        raise JobNotFound(message)
    return done.job, not done.due or woken(wake_ups, project_id, done.job.integration_id)
