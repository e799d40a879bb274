"""Jobs: one run of one sync, and the line they stand in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Direction = Literal["push", "pull"]
Mode = Literal["full", "incremental", "resync"]
JobStatus = Literal["pending", "running", "completed", "failed", "cancelled"]
LogLevel = Literal["info", "warning", "error"]

DIRECTIONS: tuple[Direction, ...] = ("push", "pull")
UNFINISHED: frozenset[JobStatus] = frozenset({"pending", "running"})
JOB_RETENTION_DAYS = 90


@dataclass(frozen=True, slots=True)
class Progress:
    """Records known so far, and what became of them; unchanged ones count as completed."""

    total: int = 0
    completed: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A line of a job's log. `key` makes it unique within its job: the same line written twice stays one."""

    key: str
    timestamp: int
    level: LogLevel
    message: str


@dataclass(frozen=True, slots=True)
class BatchCut:
    """A worker died in a batch: until `left` records more are passed, at most `records` are tried at once."""

    records: int
    left: int


@dataclass(frozen=True, slots=True)
class Suspect:
    """A record that is tried alone, because workers died near it, and how often that began without an end."""

    record_id: str
    tries: int


@dataclass(frozen=True, slots=True)
class Job:
    """A sync job. Times are Unix milliseconds.

    `checkpoint` is the engine's place in the work, `step` counts how often it moved; `waits` counts consecutive waits
    for a failing service; `failure_reasons` counts failed records by code. `cancel_requested`: somebody cancelled it
    while a worker held it; it ends at the next batch. `cuts` (the last one counts) and `suspect` say how careful to be
    where workers died.
    """

    id: str
    project_id: str
    integration_id: str
    name: str
    direction: Direction
    mode: Mode
    created_at: int
    status: JobStatus = "pending"
    entity_ids: tuple[str, ...] | None = None
    progress: Progress = Progress()
    checkpoint: Mapping[str, Any] | None = None
    step: int = 0
    started_at: int | None = None
    progressed_at: int | None = None
    completed_at: int | None = None
    not_before: int | None = None
    waits: int = 0
    failure_reasons: Mapping[str, int] = field(default_factory=dict)
    cancel_requested: bool = False
    cuts: tuple[BatchCut, ...] = ()
    suspect: Suspect | None = None

    @property
    def type(self) -> str:
        """The kind of work, as the platform's job list shows it."""
        return f"integration_{self.direction}"

    @property
    def category(self) -> str:
        """Ours among the platform's categories."""
        return "sync"

    @property
    def signature(self) -> str | None:
        """Two jobs of one line with the same signature do the same work; None where that can't be said."""
        return None if self.entity_ids is not None else f"{self.direction}#{self.mode}"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on one integration, until `expires_at`; `fence` grows with every holder.

    `recoveries` counts holders in a row that vanished without moving a checkpoint. `deleted`: the integration was
    deleted, and what it left behind has to be cleared away.
    """

    project_id: str
    integration_id: str
    owner: str
    fence: int
    expires_at: int
    recoveries: int = 0
    deleted: bool = False
