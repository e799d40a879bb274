"""The platform's entity store, as far as syncing reads and writes it: the adapter of `sync.ports.Entities`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from integrations.domain.entity import Entity, EntityStamp
from integrations.storage import keys
from integrations.storage.attributes import Item
from integrations.storage.entity_items import entity_from_item, item_from_entity, stamp_from_item
from integrations.storage.expressions import Put, Query, Update
from integrations.storage.table import ConditionFailed, Table


class EntityStore:
    """Stands on EntitiesTable: a `Table` with the keys `pk` and `id`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def stamps(self, project_id: str, entity_type_id: str, after_id: str, limit: int) -> Sequence[EntityStamp]:
        """From StampIndex: a page costs nothing for the fields."""
        values = {"pk": keys.entities(project_id, entity_type_id), "after": after_id}
        condition = "#pk = :pk AND #id > :after" if after_id else "#pk = :pk"
        items = self._table.query(Query(condition, values, index=keys.STAMP_INDEX), page_size=limit)
        return [stamp_from_item(item, entity_type_id) for item in islice(items, limit)]

    def stamps_updated_since(
        self, project_id: str, entity_type_id: str, since_ms: int, after: tuple[int, str] | None, limit: int
    ) -> Sequence[EntityStamp]:
        """From UpdatedIndex, which has no order among entities of one millisecond: those are read whole and sorted."""
        since = max(since_ms, after[0]) if after else since_ms
        values = {"pk": keys.entities(project_id, entity_type_id), "since": since}
        query = Query("#pk = :pk AND #updatedAt >= :since", values, index=keys.UPDATED_INDEX)
        items = (item for item in self._table.query(query, page_size=limit + 1) if _follows(item, after))
        return [stamp_from_item(item, entity_type_id) for item in _first_in_order(items, limit)]

    def read(self, project_id: str, entity_type_id: str, ids: Iterable[str]) -> Mapping[str, Entity]:
        """Consistent, from the table itself."""
        return self.read_of_types(project_id, {entity_type_id: ids})

    def read_of_types(self, project_id: str, ids: Mapping[str, Iterable[str]]) -> Mapping[str, Entity]:
        """Consistent; one batch may hold several types."""
        types = {keys.entities(project_id, entity_type_id): entity_type_id for entity_type_id in ids}
        wanted = ({"pk": partition, "id": id} for partition, type_id in types.items() for id in ids[type_id])
        return {item["id"]: entity_from_item(item, types[item["pk"]]) for item in self._table.batch_get(wanted)}

    def create(self, project_id: str, entity: Entity) -> bool:
        """True also if exactly this is there: then it was this call, whose acknowledgement was lost."""
        item = item_from_entity(keys.entities(project_id, entity.entity_type_id), entity)
        try:
            self._table.write(Put(item, "attribute_not_exists(#pk)"))
        except ConditionFailed as failed:
            return _is_there(item, failed.found)
        return True

    def replace(self, project_id: str, entity: Entity, expected_updated_at: int) -> bool:
        """Changes fields and times only: what else the platform keeps on the item, `createdAt` included, stays."""
        item = item_from_entity(keys.entities(project_id, entity.entity_type_id), entity)
        archived = "#archivedAt = :archivedAt" if "archivedAt" in item else ""
        changes = (
            f"SET #fields = :fields, #updatedAt = :updatedAt{', ' + archived if archived else ' REMOVE #archivedAt'}"
        )
        key = {"pk": item["pk"], "id": item["id"]}
        values = item | {"expected": expected_updated_at}
        try:
            self._table.write(Update(key, changes, "#updatedAt = :expected", values))
        except ConditionFailed as failed:
            return _is_there(item, failed.found)
        return True


def _is_there(item: Item, found: Item | None) -> bool:
    compared = ("fields", "updatedAt", "archivedAt")
    return found is not None and all(found.get(name) == item.get(name) for name in compared)


def _follows(item: Item, after: tuple[int, str] | None) -> bool:
    return after is None or _place(item) > after


def _first_in_order(items: Iterator[Item], limit: int) -> list[Item]:
    """The first `limit` by (updated_at, id) of what comes by updated_at: the last millisecond is read to its end."""
    taken = list(islice(items, limit))
    for item in items:
        if item["updatedAt"] != taken[-1]["updatedAt"]:
            break
        taken.append(item)
    return sorted(taken, key=_place)[:limit]


def _place(item: Item) -> tuple[int, str]:
    return int(item["updatedAt"]), item["id"]
