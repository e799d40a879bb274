"""What the API reads beyond the engine's ports. All of it can be a fake."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from integrations.domain.audit import AuditPage
    from integrations.domain.integration import Integration
    from integrations.domain.job import Job, JobStatus, LogEntry
    from integrations.domain.line import JobPage
    from integrations.domain.plan_rate import PlanRate


class FindsIntegrations(Protocol):
    """What a project has connected, one at a time."""

    def find(self, project_id: str, integration_id: str) -> "Integration | None":
        """The integration as it is now."""


class ProjectIntegrations(FindsIntegrations, Protocol):
    """What a project has connected."""

    def list(self, project_id: str) -> "Sequence[Integration]":
        """Every integration of the project, by id."""


class Jobs(Protocol):
    """The reading side of the lines: jobs that are not older than 90 days."""

    def find(self, project_id: str, job_id: str, now: int) -> "Job | None":
        """The job as it is now."""

    def list(
        self, project_id: str, status: "JobStatus | None", limit: int, before_id: str | None, now: int
    ) -> "JobPage":
        """The newest `limit` jobs older than `before_id`, of one status or all."""


class JobLogReader(Protocol):
    """The reading side of a job's log."""

    def newest(self, project_id: str, job_id: str, limit: int, now: int) -> "tuple[Sequence[LogEntry], int]":
        """The newest entries, oldest of them first, and how many older ones there are."""


class Audit(Protocol):
    """Who changed what: entries that are not older than 90 days."""

    def list(self, project_id: str, integration_id: str, limit: int, before_id: str | None, now: int) -> "AuditPage":
        """The newest `limit` entries older than `before_id`."""


class PlanBuckets(Protocol):
    """How often projects call: a token bucket per project and plan."""

    def take(self, project_id: str, plan: str, rate: "PlanRate", now: int) -> int:
        """Takes a token: 0, or how many milliseconds to wait for one, none being taken then. Raises `Unavailable`."""
