"""Items of one partition by ranges of ids, the way links and failures are merged with pages of entities."""

from collections.abc import Iterator

from integrations.storage.attributes import Item
from integrations.storage.expressions import Query
from integrations.storage.table import Table


def items_between(table: Table, partition: str, after_id: str, through_id: str) -> Iterator[Item]:
    """Those with after_id < sort key ≤ through_id, in order; eventually consistent. An empty `after_id`: the start."""
    if not through_id or through_id <= after_id:
        return
    values = {"pk": partition, "after": after_id, "through": through_id}
    condition = "#sk BETWEEN :after AND :through" if after_id else "#sk <= :through"
    for item in table.query(Query(f"#pk = :pk AND {condition}", values)):
        if item["sk"] != after_id:
            yield item


def items_after(table: Table, partition: str, after_id: str, page_size: int) -> Iterator[Item]:
    """Those with after_id < sort key, in order; consistent."""
    values = {"pk": partition, "after": after_id}
    condition = "#pk = :pk AND #sk > :after" if after_id else "#pk = :pk"
    return table.query(Query(condition, values, consistent=True), page_size=page_size)
