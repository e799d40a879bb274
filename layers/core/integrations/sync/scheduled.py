"""A schedule's time has come: the sync that it is for is asked for, as an admin would."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from integrations.domain.errors import RequestRefused
from integrations.domain.scheduled_sync import ScheduleChange, ScheduledSync, scheduled_sync
from integrations.domain.ulid import new_ulid
from integrations.sync.request import Service, SyncOrder, request_sync

if TYPE_CHECKING:
    from integrations.domain.integration import Integration
    from integrations.sync.ports import JobIntake, WakeUps


class NotesScheduleChanges(Protocol):
    """Where the recovery finds schedules that have to be brought in line."""

    def note(self, change: ScheduleChange, now: int) -> None:
        """Keeps one that nobody carries out by himself: it is due at once."""


@dataclass(frozen=True, slots=True)
class ScheduledStart:
    """What became of a start: `refused` with a message for people, or the job. `out_of_step`: the schedule isn't what
    the record says (any more)."""

    outcome: Literal["accepted", "refused", "out_of_step"]
    job_id: str | None = None
    message: str | None = None


def start_scheduled(
    start: ScheduledSync,
    integration: "Integration | None",
    service: Service | None,
    *,
    changes: NotesScheduleChanges,
    intake: "JobIntake",
    wake_ups: "WakeUps",
    now: int,
    randomness: bytes,
) -> ScheduledStart:
    """Stores the job, or joins one that does the same and hasn't begun: a start that comes twice is none too many. A
    schedule that isn't what the integration's record says starts nothing, and is noted for the recovery. Raises
    `Unavailable`."""
    if integration is None or service is None or scheduled_sync(integration) != start:
        changes.note(ScheduleChange(start.project_id, start.integration_id, new_ulid(now, randomness)), now)
        return ScheduledStart("out_of_step")
    try:
        accepted = request_sync(
            integration,
            service,
            scheduled_order(start.schedule),
            None,
            intake=intake,
            wake_ups=wake_ups,
            now=now,
            randomness=randomness,
        )
    except RequestRefused as refusal:
        return ScheduledStart("refused", message=refusal.message)
    return ScheduledStart("accepted", accepted.job_id)


def scheduled_order(schedule: Mapping[str, Any]) -> SyncOrder:
    """What a schedule asks for: what has changed, where it doesn't say otherwise."""
    return SyncOrder(schedule.get("direction"), schedule.get("mode", "incremental"))
