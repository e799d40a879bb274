"""The way to a service with its stored credentials."""

from collections.abc import Callable
from dataclasses import dataclass

from integrations.domain.errors import ReconnectRequired
from integrations.domain.integration import Integration
from integrations.providers.connection import ConnectionSettings
from integrations.providers.contract import Provider
from integrations.providers.registry import connect, spec_for
from integrations.providers.shared_pacer import SharedPacers, Timing
from integrations.runtime.settings import Settings
from integrations.storage.budgets import BudgetStore
from integrations.storage.credentials import CredentialStore, CredentialVault
from integrations.storage.table import Table

CALL_STEPS_MAXIMUM = 2


@dataclass(frozen=True, slots=True)
class ServiceConnect:
    """`sync.ports.Connect`: reads the ciphertext, opens it for the addresses it was given for, opens the service."""

    store: CredentialStore
    vault: CredentialVault
    settings: Callable[[], ConnectionSettings]

    def __call__(self, integration: Integration) -> Provider:
        """Raises `ReconnectRequired` without usable credentials, `ConfigurationRefused` for an impossible address."""
        scope = (integration.project_id, integration.id)
        ciphertext = self.store.read_ciphertext(*scope, "service")
        if ciphertext is None:
            message = "no credentials are stored; enter them in Settings > Integrations"
            raise ReconnectRequired(message, code="credentials_missing")
        addresses = spec_for(integration.type).addresses(integration.config)
        plaintext = self.vault.open(*scope, "service", addresses, ciphertext)
        return connect(integration, plaintext.encode(), self.settings())


def connection_settings(settings: Settings, table: Table) -> ConnectionSettings:
    """How this deployment calls services: all connections that are opened with these settings share their limiters,
    and share them with other processes through the table."""
    return ConnectionSettings(
        service_timeout_seconds=settings.service_timeout_seconds,
        call_seconds_maximum=call_seconds_maximum(settings),
        listed_addresses=settings.allowed_addresses,
        pacer_for=SharedPacers(BudgetStore(table), Timing()).of,
    )


def call_seconds_maximum(settings: Settings) -> float:
    """The longest that one operation on a service may take: a lease outlives it."""
    return CALL_STEPS_MAXIMUM * settings.service_timeout_seconds
