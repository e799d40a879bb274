"""What happens on the platform, as the event bus tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from integrations.domain.entity import Entity

ChangeKind = Literal["created", "updated", "archived"]


@dataclass(frozen=True, slots=True)
class BusEvent:
    """An event: `name` is its detail type, `source` who tells it; `detail` is plain JSON and holds no secret."""

    name: str
    source: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EntityChange:
    """An entity that was written; `updated_at` in Unix milliseconds is what it has been since."""

    entity_id: str
    entity_type_id: str
    updated_at: int
    kind: ChangeKind


@dataclass(frozen=True, slots=True)
class EntitiesChanged:
    """One event of the entity store: entities of one type that were written together. `origin` is the integration whose
    pull wrote them, None for everybody else."""

    project_id: str
    entity_type_id: str
    kind: ChangeKind
    origin: str | None
    entity_ids: tuple[str, ...]


def change_of(entity: Entity) -> EntityChange:
    """The change that made the entity what it is: it follows from the entity alone, told again as told first."""
    kind: ChangeKind = "created" if entity.created_at == entity.updated_at else "updated"
    if entity.archived_at is not None:
        kind = "archived"
    return EntityChange(entity.id, entity.entity_type_id, entity.updated_at, kind)


def entities_changed(name: str, detail: Mapping[str, Any]) -> EntitiesChanged:
    """An `entity.*` event as the bus delivers it. Raises `ValueError` for anything else."""
    kind = name.removeprefix("entity.")
    if kind == name or kind not in get_args(ChangeKind):
        raise ValueError(f"{name!r} is no event of the entity store")
    try:
        return EntitiesChanged(
            _text(detail["projectId"]),
            _text(detail["entityTypeId"]),
            kind,  # type: ignore[arg-type]
            None if detail.get("origin") is None else _text(detail["origin"]),
            tuple(_text(entity["entityId"]) for entity in detail["entities"]),
        )
    except (KeyError, TypeError) as error:
        problem = (
            f"an event of the entity store is {{projectId, entityTypeId, origin, entities: [{{entityId}}]}}: {error}"
        )
        raise ValueError(problem) from None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"{type(value).__name__} in place of a text")
    return value
