"""Brings the scheduler in line with what is configured: the integration's record is the truth, a schedule follows it.

A change is noted in the transaction that makes it, carried out after it, and the note removed only then; the recovery
carries out what is left. Whoever carries one out ends by looking at the record again: so whoever is last to tell the
scheduler told it what the record says, whatever order changes and attempts come in.
"""

from typing import TYPE_CHECKING

from integrations.domain.errors import ConfigurationRefused, Unavailable
from integrations.domain.integration import SCHEDULE_REFUSED, StatusReason
from integrations.domain.scheduled_sync import ScheduleChange, ScheduledSync, scheduled_sync

if TYPE_CHECKING:
    from integrations.management.ports import ScheduleChanges, ScheduledIntegrations, Schedules
    from integrations.sync.ports import Clock

ATTEMPTS_MAXIMUM = 6
OVERDUE_MAXIMUM = 100


class Scheduling:
    """What carries changes of schedules out."""

    def __init__(
        self, integrations: "ScheduledIntegrations", schedules: "Schedules", changes: "ScheduleChanges"
    ) -> None:
        self._integrations = integrations
        self._schedules = schedules
        self._changes = changes

    def settle(self, change: ScheduleChange, now: int) -> None:
        """Has the scheduler know what the record says, and forgets the change. What the scheduler doesn't take becomes
        the integration's `statusReason`. Raises `Unavailable`."""
        wanted = self._wanted(change)
        for _ in range(ATTEMPTS_MAXIMUM):
            self._tell(change, wanted, now)
            told, wanted = wanted, self._wanted(change)
            if wanted == told:
                self._changes.remove(change)
                return
        raise Unavailable(f"the schedule of {change.integration_id} changed {ATTEMPTS_MAXIMUM} times just now")

    def settle_overdue(self, clock: "Clock") -> int:
        """Carries out what nobody has in time, longest due first; how many changes. Raises `Unavailable`."""
        changes = self._changes.overdue(clock(), OVERDUE_MAXIMUM)
        for change in changes:
            self.settle(change, clock())
        return len(changes)

    def _wanted(self, change: ScheduleChange) -> ScheduledSync | None:
        return scheduled_sync(self._integrations.find(change.project_id, change.integration_id))

    def _tell(self, change: ScheduleChange, wanted: ScheduledSync | None, now: int) -> None:
        scope = (change.project_id, change.integration_id)
        if wanted is None:
            self._schedules.remove(*scope)
            return
        try:
            self._schedules.put(wanted)
        except ConfigurationRefused as error:
            message = f"The integration doesn't sync by itself: {error.message}. Give it another schedule."
            self._integrations.set_status(*scope, None, StatusReason(SCHEDULE_REFUSED, message, now))


def settled(scheduling: Scheduling, change: ScheduleChange, now: int) -> bool:
    """Whether the change could be carried out: if not, the recovery does it."""
    try:
        scheduling.settle(change, now)
    except Unavailable:
        return False
    return True
