"""Entities: the platform's rows of content."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.domain.errors import RecordRejected


@dataclass(frozen=True, slots=True)
class EntityStamp:
    """What is known of an entity without reading its fields. Times are Unix milliseconds."""

    id: str
    entity_type_id: str
    updated_at: int
    archived_at: int | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """A row of content. Times are Unix milliseconds; `archived_at` is the soft delete. `problem` says why its stored
    fields can't be read, which then are empty: such an entity takes part in nothing."""

    id: str
    entity_type_id: str
    fields: Mapping[str, Any]
    created_at: int
    updated_at: int
    archived_at: int | None = None
    problem: str | None = None

    def as_source(self) -> dict[str, Any]:
        """The object that the mappings' source paths are read from. Raises `RecordRejected` (`entity_unreadable`)."""
        if self.problem is not None:
            raise RecordRejected(self.problem, code="entity_unreadable")
        return {
            "id": self.id,
            "entityTypeId": self.entity_type_id,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
            "fields": self.fields,
        }
