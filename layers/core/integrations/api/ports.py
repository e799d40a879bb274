"""What the API reads and keeps beyond the engine's ports. All of it can be a fake."""

from collections.abc import Sequence
from typing import Protocol

from integrations.domain.api_key import ApiKey
from integrations.domain.integration import Integration
from integrations.domain.job import Job, JobStatus, LogEntry
from integrations.domain.line import JobPage as JobPage


class ApiKeys(Protocol):
    """The keys that were given out, by the SHA-256 of each, in hex."""

    def find(self, key_id: str) -> ApiKey | None:
        """The key, revoked ones too; None if there never was one."""


class IntegrationList(Protocol):
    """What a project has connected."""

    def list(self, project_id: str) -> Sequence[Integration]:
        """Every integration of the project, in the order of their ids."""


class Jobs(Protocol):
    """The reading side of the line: jobs that are not older than 90 days."""

    def find(self, project_id: str, job_id: str, now: int) -> Job | None:
        """The job as it is now."""

    def page(self, project_id: str, status: JobStatus | None, before: str | None, limit: int, now: int) -> JobPage:
        """Up to `limit` jobs with an id less than `before`, newest first, those of one status if that is given."""


class JobLogReader(Protocol):
    """The reading side of a job's log."""

    def newest(self, project_id: str, job_id: str, limit: int, now: int) -> tuple[Sequence[LogEntry], int]:
        """The newest entries, oldest of them first, and how many older ones there are."""
