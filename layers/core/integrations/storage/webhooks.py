"""Webhooks: whose they are, and which were taken already. Stands on IntegrationsTable."""

import hashlib
from collections.abc import Sequence

from integrations.storage import keys
from integrations.storage.expiry import is_live
from integrations.storage.expressions import Key, Put, Query
from integrations.storage.job_items import DAY_SECONDS
from integrations.storage.table import Table


class WebhookStore:
    """Deliveries are remembered for 24 hours."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def projects_of(self, integration_id: str) -> Sequence[str]:
        """The projects with an integration of that id that was given a secret for webhooks."""
        if not integration_id:
            return []
        query = Query("#pk = :pk", {"pk": keys.webhook_addresses(integration_id)}, consistent=True)
        return [item["sk"] for item in self._table.query(query)]

    def is_taken(self, project_id: str, integration_id: str, delivery_id: str, now: int) -> bool:
        """Whether this delivery was remembered within 24 hours."""
        found = self._table.get(_key(project_id, integration_id, delivery_id))
        return found is not None and is_live(found, now)

    def remember(self, project_id: str, integration_id: str, delivery_id: str, now: int) -> None:
        """From now on it is taken."""
        key = _key(project_id, integration_id, delivery_id)
        self._table.write(Put({**key, "expiresAt": now // 1000 + DAY_SECONDS}))


def addressed(project_id: str, integration_id: str) -> Put:
    """Written with the secret: from then on the address leads to the project."""
    return Put(keys.webhook_address(project_id, integration_id))


def _key(project_id: str, integration_id: str, delivery_id: str) -> Key:
    """Ids are the services', of any length."""
    digest = hashlib.sha256(delivery_id.encode("utf-8", "surrogatepass")).hexdigest()
    return keys.delivery(project_id, integration_id, digest)
