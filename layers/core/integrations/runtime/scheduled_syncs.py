"""What `start_scheduled_sync` works with: the integration's record, its line, and nothing that calls the scheduler."""

from collections.abc import Mapping
from typing import Any

from integrations.domain.scheduled_sync import ScheduledSync
from integrations.providers.registry import spec_for
from integrations.runtime.api import services
from integrations.sync.scheduled import ScheduledStart, start_scheduled


def start(event: Mapping[str, Any]) -> ScheduledStart:
    """Takes what `integrations.schedules` has the scheduler say. Raises `KeyError` for anything else."""
    stores = services()
    project_id, integration_id = str(event["projectId"]), str(event["integrationId"])
    integration = stores.integrations.find(project_id, integration_id)
    return start_scheduled(
        ScheduledSync(project_id, integration_id, dict(event["schedule"]), runs=True),
        integration,
        spec_for(integration.type) if integration else None,
        changes=stores.schedule_changes,
        intake=stores.intake,
        wake_ups=stores.wake_ups,
        now=stores.now(),
        randomness=stores.randomness(),
    )
