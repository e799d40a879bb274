"""The memory of the exchange: the adapter of `sync.ports.Links`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from integrations.domain.link import Link
from integrations.storage import keys
from integrations.storage.expressions import Query
from integrations.storage.link_items import external_id_from_item, link_from_item, link_to_item
from integrations.storage.ranges import items_between
from integrations.storage.table import Table


class LinkStore:
    """Stands on IntegrationsTable. Written without condition, 25 a call."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def between(self, project_id: str, integration_id: str, after_id: str, through_id: str) -> Mapping[str, Link]:
        """Eventually consistent: half the price, and a page is merged with stamps that may lag as well."""
        items = items_between(self._table, keys.links(project_id, integration_id), after_id, through_id)
        return {item["sk"]: link_from_item(project_id, item) for item in items}

    def read(self, project_id: str, integration_id: str, entity_ids: Iterable[str]) -> Mapping[str, Link]:
        """Consistent."""
        partition = keys.links(project_id, integration_id)
        items = self._table.batch_get({"pk": partition, "sk": id} for id in entity_ids)
        return {item["sk"]: link_from_item(project_id, item) for item in items}

    def external_ids(self, project_id: str, integration_id: str) -> Iterator[tuple[str, str]]:
        """Eventually consistent."""
        partition = keys.links(project_id, integration_id)
        query = Query("#pk = :pk", {"pk": partition}, projection=("sk", "x"))
        for item in self._table.query(query):
            yield external_id_from_item(project_id, item), item["sk"]

    def write(self, project_id: str, integration_id: str, links: Sequence[Link]) -> None:
        """In order; of two for one entity the later stays."""
        partition = keys.links(project_id, integration_id)
        self._table.batch_write(link_to_item(partition, project_id, link) for link in links)
