"""Links as they are stored: as small as can be, since reading them is most of what an unchanged push costs.

| attribute | holds |
| --- | --- |
| `x` | external id; left out where it is the one that the entity makes (`domain.identity`) |
| `u` | the entity's `updatedAt` when last seen |
| `v` | version of the mapping |
| `r` | the remote revision, if any |
| `t` | target → one byte with the length of `made`, then `made`, then `seen` |
| `s` | superseded values, if any: [target, hash, until] |
| `d` | when its record was deleted, if it was |
"""

from typing import Any

from integrations.domain.identity import external_id_of_entity
from integrations.domain.link import Link, Superseded, TargetMemory
from integrations.storage.attributes import Item


def link_to_item(partition: str, project_id: str, link: Link) -> dict[str, Any]:
    """The item. Raises `ValueError` for a hash of more than 255 bytes."""
    item: dict[str, Any] = {
        "pk": partition,
        "sk": link.entity_id,
        "u": link.entity_updated_at,
        "v": link.mapping_version,
        "t": {target: _packed(memory) for target, memory in link.targets.items()},
    }
    if link.external_id != external_id_of_entity(project_id, link.entity_id):
        item["x"] = link.external_id
    if link.revision is not None:
        item["r"] = link.revision
    if link.superseded:
        item["s"] = [[old.target, old.hash, old.until] for old in link.superseded]
    if link.deleted_at is not None:
        item["d"] = link.deleted_at
    return item


def link_from_item(project_id: str, item: Item) -> Link:
    """The link."""
    entity_id = item["sk"]
    return Link(
        entity_id=entity_id,
        external_id=external_id_from_item(project_id, item),
        entity_updated_at=item["u"],
        mapping_version=item["v"],
        revision=item.get("r"),
        targets={target: _unpacked(packed) for target, packed in item["t"].items()},
        superseded=tuple(Superseded(target, hash, until) for target, hash, until in item.get("s", ())),
        deleted_at=item.get("d"),
    )


def external_id_from_item(project_id: str, item: Item) -> str:
    """The external id, which isn't stored where the entity makes it."""
    return str(item["x"]) if "x" in item else external_id_of_entity(project_id, item["sk"])


def _packed(memory: TargetMemory) -> bytes:
    return bytes([len(memory.made)]) + memory.made + memory.seen


def _unpacked(packed: bytes) -> TargetMemory:
    end = 1 + packed[0]
    return TargetMemory(made=packed[1:end], seen=packed[end:])
