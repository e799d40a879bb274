"""A new integration."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from integrations.domain.errors import Unavailable
from integrations.domain.integration import Integration
from integrations.management.parts import Parts, require_valid

if TYPE_CHECKING:
    from integrations.management.author import Author
    from integrations.management.ports import ManagedIntegrations
    from integrations.providers.spec import ProviderSpec

ID_PREFIX = "int_"


def create_integration(
    project_id: str,
    spec: "ProviderSpec[Any, Any]",
    parts: Parts,
    listed: Sequence[str],
    integrations: "ManagedIntegrations",
    author: "Author",
) -> Integration:
    """Stores it as `pending`: it has no credentials yet. `parts` has a name and a config. Raises `ValidationFailed`."""
    require_valid(spec, parts, parts["config"], listed)
    integration = Integration(
        project_id=project_id,
        id=f"{ID_PREFIX}{author.new_id().lower()}",
        type=spec.type,
        name=parts["name"],
        status="pending",
        config=parts["config"],
        field_mappings=parts.get("field_mappings", ()),
        created_at=author.now,
        updated_at=author.now,
        schedule=parts.get("schedule"),
    )
    given = {"name": "name", "config": "config", "field_mappings": "fieldMappings", "schedule": "schedule"}
    changed = ["type", *(name for part, name in given.items() if parts.get(part))]
    if not integrations.create(integration, author.entry("create", changed)):
        raise Unavailable(f"the id {integration.id} was taken just now; try again")
    return integration
