"""What `entity_changed` works with: the project's integrations and the open jobs."""

import json

from integrations.domain.events import entities_changed
from integrations.providers.registry import spec_for
from integrations.runtime.api import services
from integrations.sync.auto_push import gather_changes


def take_changes(body: str) -> dict[str, tuple[str, ...]]:
    """Takes an event as the bus sends it; the jobs by integration. Raises `ValueError` for what isn't one."""
    envelope = json.loads(body)
    changed = entities_changed(str(envelope["detail-type"]), envelope["detail"])
    stores = services()
    return gather_changes(
        changed,
        stores.integrations.list(changed.project_id),
        lambda service, config: spec_for(service).directions_for(config),
        gathering=stores.gathering,
        wake_ups=stores.wake_ups,
        now=stores.now(),
        randomness=stores.randomness,
    )
