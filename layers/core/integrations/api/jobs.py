"""The platform's jobs as this API shows them: pages of the list, and one job with its log."""

from typing import TYPE_CHECKING, Any, Protocol

from integrations.api.cursor import open_cursor, seal_cursor
from integrations.api.log import log
from integrations.api.views import job_detail_view, job_view
from integrations.domain.errors import JobNotFound
from integrations.sync.cancel import cancel_job

if TYPE_CHECKING:
    from integrations.api.ports import JobLogReader, Jobs
    from integrations.api.requests import JobsQuery
    from integrations.sync.cancel import Cancellations
    from integrations.sync.ports import WakeUps

OUR_CATEGORY = "sync"
LOGS_SHOWN = 200


def page_of_jobs(project_id: str, query: "JobsQuery", jobs: "Jobs", cursor_secret: bytes, now: int) -> dict[str, Any]:
    """A page, newest first. Categories other than `sync` belong to other parts of the platform: nothing here.

    Raises `ValidationFailed` for a cursor of another list."""
    context = f"jobs/{project_id}/{query.status}/{query.category}"
    before_id = open_cursor(query.cursor, context, cursor_secret) if query.cursor else None
    if query.category not in (None, OUR_CATEGORY):
        return {"data": [], "meta": {"nextCursor": None}}
    page = jobs.list(project_id, query.status, query.limit, before_id, now)
    next_cursor = seal_cursor(page.next_before_id, context, cursor_secret) if page.next_before_id else None
    return {"data": [job_view(job) for job in page.jobs], "meta": {"nextCursor": next_cursor}}


def job_with_log(project_id: str, job_id: str, jobs: "Jobs", log: "JobLogReader", now: int) -> dict[str, Any]:
    """The job and the newest 200 entries of its log, oldest of them first. Raises `JobNotFound`."""
    job = jobs.find(project_id, job_id, now)
    if job is None:
        message = f"the project {project_id!r} has no job {job_id[:128]!r}; jobs are kept 90 days"
        raise JobNotFound(message)
    entries, omitted = log.newest(project_id, job_id, LOGS_SHOWN, now)
    return {"data": job_detail_view(job, entries), "meta": {"logsOmitted": omitted}}


class CancelServices(Protocol):
    """What cancelling a job needs."""

    @property
    def cancellations(self) -> "Cancellations":
        """What takes jobs out of their lines."""

    @property
    def wake_ups(self) -> "WakeUps":
        """The queue."""

    def now(self) -> int:
        """Unix milliseconds."""


def cancelled_answer(project_id: str, job_id: str, services: CancelServices) -> dict[str, Any]:
    """The job as it is now. Raises `JobNotFound`, `JobFinished`."""
    job, awake = cancel_job(project_id, job_id, services.cancellations, services.wake_ups, services.now())
    if not awake:
        log().warning("the queue can't be reached; the recovery will wake the line", job_id=job.id)
    return {"data": job_view(job)}
