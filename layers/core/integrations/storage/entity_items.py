"""Entities as the platform stores them: `fields` is one JSON text, times are Unix milliseconds."""

import json
from collections.abc import Mapping
from typing import Any

from integrations.domain.entity import Entity, EntityStamp
from integrations.domain.errors import RecordRejected
from integrations.storage.attributes import Item

FIELDS_MAXIMUM_BYTES = 350 * 1024
"""How many bytes of UTF-8 the JSON text of an entity's fields may take; DynamoDB itself stops at 400 KB an item."""


def fields_text(fields: Mapping[str, Any]) -> str:
    """The JSON text that is stored. Raises `RecordRejected` (`entity_too_large`)."""
    text = json.dumps(dict(fields), ensure_ascii=False, separators=(",", ":"))
    try:
        size = len(text.encode())
    except UnicodeEncodeError:  # a lone surrogate, which only an escape can carry
        text = json.dumps(dict(fields), separators=(",", ":"))
        size = len(text)
    if size > FIELDS_MAXIMUM_BYTES:
        message = (
            f"the entity's fields take {size} bytes as JSON; at most {FIELDS_MAXIMUM_BYTES} can be stored: shorten them"
        )
        raise RecordRejected(message, code="entity_too_large")
    return text


def entity_from_item(item: Item, entity_type_id: str) -> Entity:
    """The entity; whoever wrote the item may have left `archivedAt` out, and may have written `fields` badly."""
    fields, problem = _fields_of(item.get("fields"))
    return Entity(
        id=item["id"],
        entity_type_id=entity_type_id,
        fields=fields,
        problem=problem,
        created_at=int(item["createdAt"]),
        updated_at=int(item["updatedAt"]),
        archived_at=item.get("archivedAt"),
    )


def _fields_of(text: object) -> tuple[dict[str, Any], str | None]:
    """The fields, or why there are none: one damaged item must not stop those it's read with."""
    try:
        fields = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError) as error:
        return {}, f"the entity's stored fields are no JSON ({error}): save it again"
    if not isinstance(fields, dict):
        return {}, "the entity's stored fields are no JSON object: save it again"
    return fields, None


def stamp_from_item(item: Item, entity_type_id: str) -> EntityStamp:
    """The stamp, from an index that doesn't hold the fields."""
    return EntityStamp(item["id"], entity_type_id, int(item["updatedAt"]), item.get("archivedAt"))


def item_from_entity(partition: str, entity: Entity) -> dict[str, Any]:
    """The item. Raises `RecordRejected` (`entity_too_large`)."""
    item = {
        "pk": partition,
        "id": entity.id,
        "fields": fields_text(entity.fields),
        "createdAt": entity.created_at,
        "updatedAt": entity.updated_at,
    }
    return item if entity.archived_at is None else item | {"archivedAt": entity.archived_at}
