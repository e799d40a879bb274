"""What managing integrations needs from the outside. All of it can be a fake."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from integrations.domain.audit import AuditEntry
    from integrations.domain.integration import Integration, IntegrationStatus, StatusReason
    from integrations.domain.scheduled_sync import ScheduleChange, ScheduledSync


class ManagedIntegrations(Protocol):
    """Integrations, each change in one transaction with its audit entry and, where the schedule may have to follow, a
    `ScheduleChange` of the entry's id. False: it could not be made, nothing was."""

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


class Schedules(Protocol):
    """The scheduler, which starts syncs: one schedule at most for each integration."""

    def put(self, wanted: "ScheduledSync") -> None:
        """Makes the schedule, or makes it say this. Raises `ConfigurationRefused` for one that the scheduler doesn't
        take, `Unavailable`."""

    def remove(self, project_id: str, integration_id: str) -> None:
        """One that is gone already is no failure. Raises `Unavailable`."""


class ScheduleChanges(Protocol):
    """Changes of schedules that may not have been carried out yet."""

    def overdue(self, now: int, limit: int) -> "Sequence[ScheduleChange]":
        """Those that somebody should have carried out by now, longest first."""

    def remove(self, change: "ScheduleChange") -> None:
        """It was carried out."""


class ScheduledIntegrations(Protocol):
    """What schedules follow."""

    def find(self, project_id: str, integration_id: str) -> "Integration | None":
        """The integration as it is now."""

    def set_status(
        self, project_id: str, integration_id: str, status: "IntegrationStatus | None", reason: "StatusReason | None"
    ) -> bool:
        """Says why the integration is as it is; None leaves the status alone."""
