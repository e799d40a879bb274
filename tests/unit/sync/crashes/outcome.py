"""All that is to be seen of a world when its jobs have ended, without what depends on when a thing was done."""

import re
from dataclasses import asdict, dataclass
from typing import Any

from integrations.domain.job import Job
from tests.fakes.contacts import FakeContacts
from tests.fakes.service import FakeService
from tests.unit.sync.world import INTEGRATION, PROJECT, World

SCOPE = (PROJECT, INTEGRATION)
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.+]+|\b\d{13}\b")


@dataclass(frozen=True)
class Outcome:
    """Two of the same jobs are equal."""

    service: dict[str, Any]
    entities: dict[Any, Any]
    links: dict[str, Any]
    failures: dict[Any, Any]
    jobs: list[Any]
    watermarks: dict[Any, Any]
    integration: Any
    line: Any


def outcome(world: World) -> Outcome:
    """As it is now."""
    tables = world.tables
    line = asdict(tables.line(*SCOPE))
    integration = world.integration
    last_sync = [job.id for job in tables.jobs.values() if job.completed_at == integration.last_sync_at]
    return Outcome(
        service=_service(world),
        entities={
            (type_id, entity.id): (dict(entity.fields), entity.archived_at is None)
            for (_, type_id), rows in tables.entities.items()
            for entity in rows.values()
        },
        links={entity_id: _link(world, entity_id) for entity_id in sorted(tables.links.get(SCOPE, {}))},
        failures={
            (direction, row.record_id): (row.code, _timeless(row.message), row.transient, row.run, row.external_id)
            for (_, _, direction), rows in tables.failures.items()
            for row in rows.values()
        },
        jobs=[_job(world, job) for job in tables.jobs.values()],
        watermarks={direction: mark for (_, _, direction), mark in tables.watermarks.items()},
        integration=(integration.status, integration.status_reason, last_sync),
        line={key: line[key] for key in ("owner", "due_at", "waiting", "running", "joinable")},
    )


def _service(world: World) -> dict[str, Any]:
    service: Any = world.connect.providers[INTEGRATION]
    if isinstance(service, FakeService):
        return {external_id: versions[-1].document for external_id, versions in service.documents.items()}
    return dict(service.contacts) if isinstance(service, FakeContacts) else {}


def _link(world: World, entity_id: str) -> Any:
    link = world.tables.links[SCOPE][entity_id]
    places = {link.entity_updated_at: "changed since", world.entity(entity_id).updated_at: "as it is", 0: "open"}
    return (
        link.external_id,
        places[link.entity_updated_at],
        link.mapping_version,
        dict(link.targets),
    )


def _job(world: World, job: Job) -> Any:
    entries = world.tables.logs.get((PROJECT, job.id), {})
    records = {key: _timeless(entry.message) for key, entry in entries.items() if not key.startswith("step-")}
    return job.id, job.status, job.progress, dict(job.failure_reasons), records


def _timeless(message: str) -> str:
    return TIME.sub("<time>", message)
