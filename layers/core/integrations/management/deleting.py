"""The end of an integration."""

from typing import TYPE_CHECKING

from integrations.domain.errors import IntegrationNotFound
from integrations.sync.cancel import cancel_line
from integrations.sync.waking import woken

if TYPE_CHECKING:
    from integrations.domain.integration import Integration
    from integrations.management.author import Author
    from integrations.management.ports import ManagedIntegrations
    from integrations.sync.cancel import Cancellations
    from integrations.sync.ports import WakeUps


def delete_integration(
    integration: "Integration",
    integrations: "ManagedIntegrations",
    cancellations: "Cancellations",
    wake_ups: "WakeUps",
    author: "Author",
) -> bool:
    """Takes it away with its credentials, cancels its jobs, and wakes the worker that clears the rest away; whether it
    could be woken: if not, the recovery does it. Raises `IntegrationNotFound`."""
    if not integrations.delete(integration, author.entry("delete", ())):
        raise IntegrationNotFound(f"the integration {integration.id!r} was deleted meanwhile")
    scope = (integration.project_id, integration.id)
    cancel_line(*scope, cancellations, author.now)
    return woken(wake_ups, *scope)
