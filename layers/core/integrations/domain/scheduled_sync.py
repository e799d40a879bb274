"""Syncs that start by themselves, and changes of their schedules that may not have been carried out yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.domain.integration import Integration


@dataclass(frozen=True, slots=True)
class ScheduledSync:
    """What the scheduler has to know of an integration: `schedule` as an admin gave it (`expression`, and where given
    `timezone`, `direction`, `mode`), and whether it runs: not while the integration is `inactive`."""

    project_id: str
    integration_id: str
    schedule: Mapping[str, Any]
    runs: bool


@dataclass(frozen=True, slots=True)
class ScheduleChange:
    """Says that the scheduler may know something else of the integration than its record says. `id` is a ULID; changes
    of one integration are distinct, so that each is settled for itself."""

    project_id: str
    integration_id: str
    id: str


def scheduled_sync(integration: Integration | None) -> ScheduledSync | None:
    """What the scheduler has to know by the integration's record; None where there is nothing to know."""
    if integration is None or integration.schedule is None:
        return None
    return ScheduledSync(
        integration.project_id, integration.id, integration.schedule, runs=integration.status != "inactive"
    )
