"""Integrations as this API shows them: one that is asked for, and what a test of its connection found."""

from typing import TYPE_CHECKING

from integrations.domain.errors import IntegrationNotFound

if TYPE_CHECKING:
    from integrations.api.ports import FindsIntegrations
    from integrations.domain.integration import Integration


def find_integration(integrations: "FindsIntegrations", project_id: str, integration_id: str) -> "Integration":
    """The integration of that project. Raises `IntegrationNotFound`: another project's are not found, either."""
    integration = integrations.find(project_id, integration_id)
    if integration is None:
        wanted = integration_id[:128]
        message = f"the project {project_id!r} has no integration {wanted!r}; see GET /api/v1/integrations"
        raise IntegrationNotFound(message)
    return integration
