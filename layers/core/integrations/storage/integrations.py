"""What is configured: the adapter of `sync.ports.Integrations`, and what the API and connection tests change of it."""

from collections.abc import Sequence

from integrations.domain.integration import Integration, IntegrationStatus, StatusReason, Watermark
from integrations.domain.job import Direction
from integrations.storage import keys
from integrations.storage.expressions import Put, Query, Update
from integrations.storage.integration_items import ATTRIBUTES, integration_from_item, integration_to_item
from integrations.storage.status_changes import status_changes, update_expression
from integrations.storage.table import ConditionFailed, Table


class IntegrationStore:
    """Stands on IntegrationsTable. Changes of status are conditional: one that may not be made is False, no failure."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, project_id: str, integration_id: str) -> Integration | None:
        """The integration as it is now, without its ciphertexts."""
        item = self._table.get(keys.integration(project_id, integration_id), projection=ATTRIBUTES)
        return integration_from_item(item) if item else None

    def list(self, project_id: str) -> Sequence[Integration]:
        """Every integration of the project, by id."""
        values = {"pk": keys.integrations(project_id), "prefix": keys.INTEGRATION_PREFIX}
        condition = "#pk = :pk AND begins_with(#sk, :prefix)"
        items = self._table.query(Query(condition, values, consistent=True, projection=ATTRIBUTES))
        return [integration_from_item(item) for item in items]

    def create(self, integration: Integration) -> bool:
        """False if the project has one with that id."""
        return self._written(Put(integration_to_item(integration), "attribute_not_exists(#pk)"))

    def watermark(self, project_id: str, integration_id: str, direction: Direction) -> Watermark | None:
        """As the last finished run left it."""
        item = self._table.get(keys.watermark(project_id, integration_id, direction))
        return Watermark(item["value"], item["mappingVersion"]) if item else None

    def set_status(
        self,
        project_id: str,
        integration_id: str,
        status: IntegrationStatus | None,
        reason: StatusReason | None,
        *,
        over_inactive: bool = False,
    ) -> bool:
        """None leaves the status as it is. False without such an integration, or if an admin made it `inactive` and
        that isn't to be overwritten."""
        condition = "attribute_exists(#pk)" if over_inactive else "#status <> :inactive AND attribute_exists(#pk)"
        return self._update_status(project_id, integration_id, condition, status, reason)

    def mark_connected(self, project_id: str, integration_id: str, credentials_version: int) -> bool:
        """`pending` and `error` become `active`; the others stay as they are, and what has other credentials."""
        condition = "#status IN (:pending, :error) AND #credentialsVersion = :tried"
        return self._update_status(project_id, integration_id, condition, "active", None, credentials_version)

    def mark_refused(
        self, project_id: str, integration_id: str, reason: StatusReason, credentials_version: int
    ) -> bool:
        """The service refused these credentials: `error`, unless an admin made it `inactive` or gave others."""
        condition = "#status <> :inactive AND #credentialsVersion = :tried"
        return self._update_status(project_id, integration_id, condition, "error", reason, credentials_version)

    def _update_status(
        self,
        project_id: str,
        integration_id: str,
        condition: str,
        status: str | None,
        reason: StatusReason | None,
        tried: int = 0,
    ) -> bool:
        sets, removes, values = status_changes(status, reason)
        values |= {"inactive": "inactive", "pending": "pending", "error": "error", "tried": tried}
        key = keys.integration(project_id, integration_id)
        return self._written(Update(key, update_expression(sets, removes), condition, values))

    def _written(self, action: Put | Update) -> bool:
        try:
            self._table.write(action)
        except ConditionFailed:
            return False
        return True
