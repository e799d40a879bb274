"""What a deleted integration leaves behind: the adapter of `sync.ports.Remains`.

Jobs and their logs stay for their 90 days, and so does the audit; idempotency records go by themselves within a day.
"""

from itertools import islice

from integrations.domain.job import DIRECTIONS
from integrations.storage import keys
from integrations.storage.expressions import Query
from integrations.storage.table import Table


class RemainsStore:
    """Stands on IntegrationsTable."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def clear(self, project_id: str, integration_id: str, limit: int) -> bool:
        """Partition by partition; reads keys alone."""
        for partition in _partitions(project_id, integration_id):
            query = Query("#pk = :pk", {"pk": partition}, consistent=True, projection=("pk", "sk"))
            found = [
                {"pk": str(item["pk"]), "sk": str(item["sk"])}
                for item in islice(self._table.query(query, page_size=limit), limit)
            ]
            if found:
                self._table.batch_write(delete=found)
                return False
        watermarks = [keys.watermark(project_id, integration_id, direction) for direction in DIRECTIONS]
        self._table.batch_write(delete=watermarks)
        return True


def _partitions(project_id: str, integration_id: str) -> list[str]:
    failures = [keys.failures(project_id, integration_id, direction) for direction in DIRECTIONS]
    return [keys.links(project_id, integration_id), *failures]
