"""What goes to and comes from an integration's line of jobs."""

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.domain.integration import StatusReason, Watermark
from integrations.domain.job import Job


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A caller's key for a trigger and the hash of what it asked for."""

    key: str
    body_hash: str


@dataclass(frozen=True, slots=True)
class NextDue:
    """The head of a line and when it is due (Unix milliseconds); no job where a deleted integration's remains are."""

    job_id: str | None
    due_at: int


@dataclass(frozen=True, slots=True)
class Finish:
    """What ends with a job, in the same write: `watermark` where it moves, `last_sync_at` where it was a success,
    `status` and its reason where the run proved something about the integration, of which no more is kept once the
    credentials that it was proved with, `credentials_version`, are replaced."""

    watermark: Watermark | None = None
    last_sync_at: int | None = None
    status: str | None = None
    status_reason: StatusReason | None = None
    credentials_version: int = 0


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A cancelled job as it is now: ended, or still running until its worker hears of it. `due`: nobody works on the
    line, and somebody should look at it."""

    job: Job
    due: bool


@dataclass(frozen=True, slots=True)
class JobPage:
    """Jobs, newest first; `next_before_id` asks for the ones after them, None on the last page."""

    jobs: Sequence[Job]
    next_before_id: str | None
