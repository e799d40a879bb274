"""Entities changed: every integration that pushes by itself gathers them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from integrations.domain.job import Direction
from integrations.sync.gather import Gathering, gather

if TYPE_CHECKING:
    from integrations.domain.events import EntitiesChanged
    from integrations.domain.integration import Integration
    from integrations.sync.ports import WakeUps

type DirectionsOf = Callable[[str, Mapping[str, Any]], Collection[Direction]]
"""The directions that an integration of that service, with that configuration, has."""


def gather_changes(
    changed: "EntitiesChanged",
    integrations: "Sequence[Integration]",
    directions_of: DirectionsOf,
    *,
    gathering: Gathering,
    wake_ups: "WakeUps",
    now: int,
    randomness: Callable[[], bytes],
) -> dict[str, tuple[str, ...]]:
    """The jobs by integration. The one whose pull wrote the entities knows what it wrote. An event that comes twice
    adds nothing the second time, or a push that finds nothing changed."""
    return {
        integration.id: gather(
            integration,
            "push",
            changed.entity_ids,
            gathering=gathering,
            wake_ups=wake_ups,
            now=now,
            randomness=randomness,
        )
        for integration in integrations
        if _takes(integration, changed) and "push" in directions_of(integration.type, integration.config)
    }


def _takes(integration: "Integration", changed: "EntitiesChanged") -> bool:
    return (
        integration.auto_push
        and integration.id != changed.origin
        and integration.status != "inactive"
        and integration.credentials_set
        and changed.entity_type_id in integration.entity_types
        and (changed.kind != "archived" or integration.on_archive == "delete")
    )
