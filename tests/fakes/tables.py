"""The state that the in-memory stores share, as the real ones share a table."""

import json
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from integrations.domain.entity import Entity
from integrations.domain.integration import Integration, Watermark
from integrations.domain.job import Direction, Job, LogEntry
from integrations.domain.line import IdempotencyKey
from integrations.domain.link import Failure, Link

Place = tuple[str, str]
"""(project id, integration id), or (project id, job id)."""


@dataclass(slots=True)
class LineState:
    """One integration's line: `due_at` is None when it has no unfinished jobs, `running` the job once started."""

    fence: int = 0
    owner: str | None = None
    lease_expires_at: int = 0
    recoveries: int = 0
    due_at: int | None = None
    waiting: set[str] = field(default_factory=set)
    running: str | None = None
    joinable: dict[str, str] = field(default_factory=dict)
    remains: Literal["left", "gone"] | None = None

    def leased(self, now: int) -> bool:
        """Whether somebody may work on the integration at `now`."""
        return self.owner is not None and self.lease_expires_at > now

    def leave(self, job: Job) -> None:
        """The job's place in the line is free, and nobody joins it any more."""
        self.waiting.discard(job.id)
        self.running = None if self.running == job.id else self.running
        if job.signature and self.joinable.get(job.signature) == job.id:
            del self.joinable[job.signature]

    def head_id(self) -> str | None:
        """The job that was started, else the oldest one."""
        return self.running or min(self.waiting, default=None)


@dataclass(frozen=True, slots=True)
class UsedKey:
    """An idempotency key that was used, until `expires_at` in Unix milliseconds."""

    key: IdempotencyKey
    job_id: str
    expires_at: int


@dataclass(slots=True)
class FakeTables:
    """Both tables. Tests may look into it; they change it through the stores."""

    entities: dict[Place, dict[str, Entity]] = field(default_factory=dict)
    integrations: dict[Place, Integration] = field(default_factory=dict)
    watermarks: dict[tuple[str, str, Direction], Watermark] = field(default_factory=dict)
    jobs: dict[Place, Job] = field(default_factory=dict)
    cancel_requested: set[Place] = field(default_factory=set)
    lines: dict[Place, LineState] = field(default_factory=dict)
    used_keys: dict[tuple[str, str, str], UsedKey] = field(default_factory=dict)
    logs: dict[Place, dict[str, LogEntry]] = field(default_factory=dict)
    links: dict[Place, dict[str, Link]] = field(default_factory=dict)
    failures: dict[tuple[str, str, Direction], dict[str, Failure]] = field(default_factory=dict)

    def line(self, project_id: str, integration_id: str) -> LineState:
        """The line, made when first asked for."""
        return self.lines.setdefault((project_id, integration_id), LineState())

    def job(self, project_id: str, job_id: str) -> Job | None:
        """As it is read: with the request to cancel it, if there is one."""
        job = self.jobs.get((project_id, job_id))
        return job and replace(job, cancel_requested=(project_id, job_id) in self.cancel_requested)

    def delete_integration(self, project_id: str, integration_id: str, now: int) -> None:
        """What a deletion leaves behind: a line that is due until the rest is gone."""
        del self.integrations[project_id, integration_id]
        line = self.line(project_id, integration_id)
        line.remains, line.due_at = "left", now

    def request_cancel(self, project_id: str, job_id: str) -> None:
        """What a cancel of a leased job leaves behind: the next checkpoint finds it."""
        self.cancel_requested.add((project_id, job_id))


def through_json[T](value: T) -> T:
    """What a store that keeps JSON text gives back: tuples become lists, and nothing is shared with the caller."""
    stored: Any = json.loads(json.dumps(value))
    return stored  # type: ignore[no-any-return]
