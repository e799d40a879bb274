"""What an admin does to integrations: the adapter of `management.ports.ManagedIntegrations`.

Each change is one transaction with its audit entry, on the condition that the integration is as it was read. Only
attributes that differ are written: what a worker writes meanwhile (the last sync, a reason) stays.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from integrations.domain.audit import AuditEntry
from integrations.domain.integration import Integration
from integrations.storage import keys
from integrations.storage.audit import put_entry
from integrations.storage.expressions import Action, Delete, Put, Update
from integrations.storage.integration_items import ATTRIBUTES, integration_from_item, integration_to_item
from integrations.storage.leases import REMAINS_LEFT
from integrations.storage.status_changes import update_expression
from integrations.storage.table import Table, TransactionRefused

NOTHING: Final[Mapping[str, Action]] = MappingProxyType({})
CIPHERTEXTS = ("credentials", "webhookSecret")
_UNCHANGED = "#version = :readVersion AND #status = :readStatus AND #credentialsVersion = :readCredentials"


class ManagementStore:
    """Stands on IntegrationsTable. A change that may not be made is False, and nothing was written."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, project_id: str, integration_id: str) -> Integration | None:
        """The integration as it is now, without its ciphertexts."""
        item = self._table.get(keys.integration(project_id, integration_id), projection=ATTRIBUTES)
        return integration_from_item(item) if item else None

    def create(self, integration: Integration, entry: AuditEntry) -> bool:
        """False if the project has one with that id."""
        put = Put(integration_to_item(integration), "attribute_not_exists(#pk)")
        return self._written(integration, put, entry)

    def change(self, before: Integration, after: Integration, entry: AuditEntry) -> bool:
        """False if it is no longer as `before` says, or gone. Credentials that `after` hasn't are dropped."""
        gone = CIPHERTEXTS if before.credentials_set and not after.credentials_set else ()
        return self._written(before, _difference(before, after, {}, gone), entry)

    def put_credentials(
        self,
        before: Integration,
        after: Integration,
        credentials: bytes,
        webhook_secret: bytes | None,
        entry: AuditEntry,
    ) -> bool:
        """Replaces both ciphertexts, the webhook's by none where none is given. False as for `change`."""
        sealed = {"credentials": credentials} | ({"webhookSecret": webhook_secret} if webhook_secret else {})
        gone = () if webhook_secret else ("webhookSecret",)
        return self._written(before, _difference(before, after, sealed, gone), entry)

    def delete(self, integration: Integration, entry: AuditEntry) -> bool:
        """Takes configuration and ciphertexts away, and leaves the rest to the worker: the line is due. False if it is
        gone already."""
        scope = (integration.project_id, integration.id)
        deletion = Delete(keys.integration(*scope), "attribute_exists(#pk)")
        return self._written(integration, deletion, entry, {"line": _abandoning(*scope, entry.at)})

    def _written(
        self, integration: Integration, action: Action, entry: AuditEntry, others: Mapping[str, Action] = NOTHING
    ) -> bool:
        audit = put_entry(integration.project_id, integration.id, entry)
        try:
            self._table.transact({"integration": action, "audit": audit, **others})
        except TransactionRefused:
            return False
        return True


def _abandoning(project_id: str, integration_id: str, now: int) -> Update:
    """Whoever holds the line sees by the arrival that something came."""
    changes = (
        "SET #remains = :left, #dueAt = :now, #dueShard = :shard, #fence = if_not_exists(#fence, :zero), "
        "#projectId = :project, #integrationId = :integration ADD #arrivals :one"
    )
    values = {
        "left": REMAINS_LEFT,
        "now": now,
        "shard": keys.DUE_SHARD,
        "zero": 0,
        "one": 1,
        "project": project_id,
        "integration": integration_id,
    }
    return Update(keys.line(project_id, integration_id), changes, None, values)


def _difference(before: Integration, after: Integration, sealed: dict[str, bytes], gone: tuple[str, ...]) -> Update:
    old, new = integration_to_item(before), integration_to_item(after)
    values: dict[str, Any] = {name: value for name, value in new.items() if old.get(name) != value} | sealed
    removed = [name for name in old if name not in new] + list(gone)
    changes = update_expression([f"#{name} = :{name}" for name in values], [f"#{name}" for name in removed])
    read = {
        "readVersion": before.version,
        "readStatus": before.status,
        "readCredentials": before.credentials_version,
    }
    return Update(keys.integration(before.project_id, before.id), changes, _UNCHANGED, values | read)
