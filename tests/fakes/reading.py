"""What the API reads beyond the engine's ports, in memory: job lists and API keys."""

from dataclasses import replace

from integrations.domain.api_key import ApiKey
from integrations.domain.job import JOB_RETENTION_DAYS, Job, JobStatus
from integrations.domain.line import JobPage
from tests.fakes.tables import FakeTables

RETENTION_MS = JOB_RETENTION_DAYS * 24 * 60 * 60 * 1000


class FakeJobs:
    """Jobs by id and in pages, newest first."""

    def __init__(self, tables: FakeTables) -> None:
        self._tables = tables

    def find(self, project_id: str, job_id: str, now: int) -> Job | None:
        """Without the entity ids, as the real one."""
        job = self._tables.job(project_id, job_id)
        return _without_ids(job) if job and job.created_at + RETENTION_MS > now else None

    def list(self, project_id: str, status: JobStatus | None, limit: int, before_id: str | None, now: int) -> JobPage:
        """The newest `limit` jobs older than `before_id`, of one status or all."""
        jobs = [
            _without_ids(job)
            for (project, _), job in sorted(self._tables.jobs.items(), reverse=True)
            if project == project_id and status in (None, job.status) and (before_id is None or job.id < before_id)
            if job.created_at + RETENTION_MS > now
        ]
        return JobPage(tuple(jobs[:limit]), jobs[limit - 1].id if len(jobs) > limit else None)


class FakeApiKeys:
    """API keys by their SHA-256 in hex."""

    def __init__(self) -> None:
        self._keys: dict[str, ApiKey] = {}

    def find(self, key_sha256_hex: str) -> ApiKey | None:
        """Revoked ones too."""
        return self._keys.get(key_sha256_hex)

    def put(self, key: ApiKey, created_at: int) -> None:
        """Stores it; the time is nobody's concern here."""
        self._keys[key.id] = key


def _without_ids(job: Job) -> Job:
    return job if job.entity_ids is None else replace(job, entity_ids=())
