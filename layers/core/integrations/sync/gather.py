"""What webhooks and events name is gathered for a while, so that a thousand of them are a handful of jobs."""

from collections.abc import Callable, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Protocol

from integrations.domain.job import GATHERING_MS, Direction, Job
from integrations.domain.ulid import new_ulid
from integrations.sync.waking import woken

if TYPE_CHECKING:
    from integrations.domain.integration import Integration
    from integrations.sync.ports import WakeUps

IDS_AT_ONCE = 50


class Gathering(Protocol):
    """Where ids are gathered: one open job at most for each integration and direction."""

    def add(self, job: Job, ids: Sequence[str], now: int) -> str:
        """Adds the ids, 50 different ones at most, to the open job of the line and direction: one that nobody has
        begun, that isn't full, and whose time isn't over. Where there is none, `job` is opened with them. The id of the
        job, which will exchange all of them as they are from now on."""


def gather(
    integration: "Integration",
    direction: Direction,
    ids: Sequence[str],
    *,
    gathering: Gathering,
    wake_ups: "WakeUps",
    now: int,
    randomness: Callable[[], bytes],
) -> tuple[str, ...]:
    """Adds entity ids to the open push, or ids of the service's records to the open pull; the jobs they are in. A job
    that is opened here is woken when its gathering ends; if that message is lost, the recovery finds it."""
    job_ids: dict[str, None] = {}
    for some in batched(dict.fromkeys(ids), IDS_AT_ONCE, strict=False):
        job = _opening(integration, direction, new_ulid(now, randomness()), now)
        job_id = gathering.add(job, some, now)
        job_ids[job_id] = None
        if job_id == job.id:
            woken(wake_ups, integration.project_id, integration.id, GATHERING_MS)
    return tuple(job_ids)


def _opening(integration: "Integration", direction: Direction, job_id: str, now: int) -> Job:
    is_push = direction == "push"
    name = f"Push of changes to {integration.name}" if is_push else f"Pull of changes from {integration.name}"
    return Job(
        id=job_id,
        project_id=integration.project_id,
        integration_id=integration.id,
        name=name,
        direction=direction,
        mode="incremental",
        created_at=now,
        entity_ids=() if is_push else None,
        external_ids=None if is_push else (),
        gathers_until=now + GATHERING_MS,
        not_before=now + GATHERING_MS,
    )
