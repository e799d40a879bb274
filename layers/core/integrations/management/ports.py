"""What managing integrations needs from the outside. All of it can be a fake."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from integrations.domain.audit import AuditEntry
    from integrations.domain.integration import Integration


class ManagedIntegrations(Protocol):
    """Integrations, each change in one transaction with its audit entry. False: it could not be made, nothing was."""

    def find(self, project_id: str, integration_id: str) -> "Integration | None":
        """The integration as it is now."""

    def create(self, integration: "Integration", entry: "AuditEntry") -> bool:
        """False if the project has one with that id."""

    def change(self, before: "Integration", after: "Integration", entry: "AuditEntry") -> bool:
        """False if it is no longer as `before` says, or gone. Credentials that `after` hasn't are dropped."""

    def put_credentials(
        self,
        before: "Integration",
        after: "Integration",
        credentials: bytes,
        webhook_secret: bytes | None,
        entry: "AuditEntry",
    ) -> bool:
        """Replaces both ciphertexts, the webhook's by none where none is given. False as for `change`."""

    def delete(self, integration: "Integration", entry: "AuditEntry") -> bool:
        """Takes configuration and ciphertexts away. False if it is gone already."""


class Vault(Protocol):
    """Seals credentials; whoever only seals can open nothing."""

    def seal(
        self,
        project_id: str,
        integration_id: str,
        purpose: Literal["service", "webhook"],
        addresses: Iterable[str],
        plaintext: str,
    ) -> bytes:
        """The ciphertext, which opens for that purpose and those addresses only."""
