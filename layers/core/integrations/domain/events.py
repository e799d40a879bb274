"""What happens on the platform, as the event bus tells it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from integrations.domain.entity import Entity
from integrations.domain.integration import StatusReason
from integrations.domain.job import Job

PRODUCT = "wiserows.integrations"

MESSAGE_CHARACTERS_MAXIMUM = 2_000
REASONS_MAXIMUM = 100
"""So that no event is too large for the bus, whatever a service calls its errors."""

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


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event that waits to be told; `id` is also its detail's `eventId`, the same however often it is told."""

    project_id: str
    id: str
    event: BusEvent


def job_ended(job: Job, message: str | None) -> StoredEvent | None:
    """What is told of the end of a job, `message` being the last line of its log; nothing of a cancelled one."""
    if job.status not in ("completed", "failed"):
        return None
    id = f"{job.id}#sync.{job.status}"
    detail = {
        "eventId": id,
        "projectId": job.project_id,
        "integrationId": job.integration_id,
        "jobId": job.id,
        "direction": job.direction,
        "mode": job.mode,
        "progress": asdict(job.progress),
        "failureReasons": dict(Counter(job.failure_reasons).most_common(REASONS_MAXIMUM)),
        "message": (message or "")[:MESSAGE_CHARACTERS_MAXIMUM],
        "createdAt": job.created_at,
        "startedAt": job.started_at,
        "completedAt": job.completed_at,
    }
    return StoredEvent(job.project_id, id, BusEvent(f"sync.{job.status}", PRODUCT, detail))


def integration_failed(project_id: str, integration_id: str, reason: StatusReason) -> StoredEvent:
    """What is told of an integration that became `error`."""
    id = f"{integration_id}#{reason.at}#integration.error"
    detail = {
        "eventId": id,
        "projectId": project_id,
        "integrationId": integration_id,
        "code": reason.code,
        "message": reason.message[:MESSAGE_CHARACTERS_MAXIMUM],
        "at": reason.at,
    }
    return StoredEvent(project_id, id, BusEvent("integration.error", PRODUCT, detail))


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
