"""New credentials: checked, sealed for the integration's addresses, and never seen again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from integrations.domain.errors import Unavailable, ValidationFailed
from integrations.management.changing import ATTEMPTS_MAXIMUM, found_again, unproven, with_credentials

if TYPE_CHECKING:
    from integrations.domain.integration import Integration
    from integrations.management.author import Author
    from integrations.management.ports import ManagedIntegrations, Vault
    from integrations.providers.spec import ProviderSpec

WEBHOOK_SECRET = "webhookSecret"


def put_credentials(
    integration: "Integration",
    spec: "ProviderSpec[Any, Any]",
    credentials: Mapping[str, Any],
    listed: Sequence[str],
    integrations: "ManagedIntegrations",
    vault: "Vault",
    author: "Author",
) -> None:
    """Replaces the credentials. The secret of webhooks is sealed apart: who calls the service never opens it, and who
    receives webhooks opens nothing else. The integration is `pending` until they have worked. `listed` are the
    addresses that the deployment adds to the services' own.

    Raises `ValidationFailed`, which repeats none of them, and `IntegrationNotFound`."""
    spec.credentials_plaintext(credentials)
    problems = spec.credential_address_problems(credentials, listed)
    if problems:
        raise ValidationFailed(f"The credentials name an address that isn't one of {spec.label}.", tuple(problems))
    of_service = {name: value for name, value in credentials.items() if name != WEBHOOK_SECRET}
    plaintext = spec.credentials_plaintext(of_service).decode()
    webhook_secret = credentials.get(WEBHOOK_SECRET)
    entry = author.entry("put_credentials", [f"credentials.{name}" for name in sorted(credentials)])
    for _ in range(ATTEMPTS_MAXIMUM):
        place = (integration.project_id, integration.id)
        addresses = spec.addresses(integration.config)
        sealed = vault.seal(*place, "service", addresses, plaintext)
        sealed_webhook = vault.seal(*place, "webhook", addresses, webhook_secret) if webhook_secret else None
        renewed = replace(with_credentials(integration, are_set=True), status_reason=None, updated_at=author.now)
        if integrations.put_credentials(integration, unproven(renewed), sealed, sealed_webhook, entry):
            return
        integration = found_again(integrations, integration)
    raise Unavailable(f"the integration changed at each of {ATTEMPTS_MAXIMUM} attempts to change it; try again")
