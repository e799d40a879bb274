"""In-memory stores without a line: entities, links, failures, logs, integrations."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from integrations.domain.entity import Entity, EntityStamp
from integrations.domain.errors import RecordRejected
from integrations.domain.integration import Integration, IntegrationStatus, StatusReason, Watermark
from integrations.domain.job import Direction, Job, LogEntry
from integrations.domain.link import Failure, Link
from tests.fakes.tables import FakeTables, through_json

ENTITY_FIELDS_MAXIMUM_BYTES = 350 * 1024
STATUSES: frozenset[IntegrationStatus] = frozenset({"pending", "active", "error", "inactive"})


class FakeEntities:
    """`Entities` in memory."""

    def __init__(self, tables: FakeTables) -> None:
        self._tables = tables

    def stamps(self, project_id: str, entity_type_id: str, after_id: str, limit: int) -> Sequence[EntityStamp]:
        """By id."""
        rows = self._rows(project_id, entity_type_id)
        return [_stamp(rows[id]) for id in sorted(rows) if id > after_id][:limit]

    def stamps_updated_since(
        self, project_id: str, entity_type_id: str, since_ms: int, after: tuple[int, str] | None, limit: int
    ) -> Sequence[EntityStamp]:
        """By (updated_at, id)."""
        places = sorted((row.updated_at, row.id) for row in self._rows(project_id, entity_type_id).values())
        rows = self._rows(project_id, entity_type_id)
        found = [place for place in places if place[0] >= since_ms and (after is None or place > after)]
        return [_stamp(rows[id]) for _, id in found[:limit]]

    def read(self, project_id: str, entity_type_id: str, ids: Iterable[str]) -> Mapping[str, Entity]:
        """Copies: what the caller changes in them stays with the caller."""
        rows = self._rows(project_id, entity_type_id)
        return {id: _copy(rows[id]) for id in ids if id in rows}

    def read_of_types(self, project_id: str, ids: Mapping[str, Iterable[str]]) -> Mapping[str, Entity]:
        """Type by type."""
        reads = (self.read(project_id, entity_type_id, each) for entity_type_id, each in ids.items())
        return {id: entity for found in reads for id, entity in found.items()}

    def create(self, project_id: str, entity: Entity) -> bool:
        """False if the id is taken."""
        _require_storable(entity)
        rows = self._rows(project_id, entity.entity_type_id)
        if entity.id in rows:
            return _is_there(rows[entity.id], entity)
        rows[entity.id] = _copy(entity)
        return True

    def replace(self, project_id: str, entity: Entity, expected_updated_at: int) -> bool:
        """False if the stored `updated_at` is another, or there is none."""
        _require_storable(entity)
        rows = self._rows(project_id, entity.entity_type_id)
        if entity.id not in rows:
            return False
        if rows[entity.id].updated_at != expected_updated_at:
            return _is_there(rows[entity.id], entity)
        rows[entity.id] = replace(_copy(entity), created_at=rows[entity.id].created_at)
        return True

    def _rows(self, project_id: str, entity_type_id: str) -> dict[str, Entity]:
        return self._tables.entities.setdefault((project_id, entity_type_id), {})


class FakeLinks:
    """`Links` in memory."""

    def __init__(self, tables: FakeTables) -> None:
        self._tables = tables

    def between(self, project_id: str, integration_id: str, after_id: str, through_id: str) -> Mapping[str, Link]:
        """In the order of ids."""
        rows = self._rows(project_id, integration_id)
        return {id: rows[id] for id in sorted(rows) if after_id < id <= through_id}

    def read(self, project_id: str, integration_id: str, entity_ids: Iterable[str]) -> Mapping[str, Link]:
        """Those that exist."""
        rows = self._rows(project_id, integration_id)
        return {id: rows[id] for id in entity_ids if id in rows}

    def external_ids(self, project_id: str, integration_id: str) -> Iterator[tuple[str, str]]:
        """In the order of entity ids."""
        rows = self._rows(project_id, integration_id)
        return ((rows[id].external_id, id) for id in sorted(rows))

    def write(self, project_id: str, integration_id: str, links: Sequence[Link]) -> None:
        """The last one of an entity stays."""
        self._rows(project_id, integration_id).update({link.entity_id: link for link in links})

    def _rows(self, project_id: str, integration_id: str) -> dict[str, Link]:
        return self._tables.links.setdefault((project_id, integration_id), {})


class FakeFailures:
    """`Failures` in memory."""

    def __init__(self, tables: FakeTables) -> None:
        self._tables = tables

    def between(
        self, project_id: str, integration_id: str, direction: Direction, after_id: str, through_id: str
    ) -> Mapping[str, Failure]:
        """In the order of ids."""
        rows = self._rows(project_id, integration_id, direction)
        return {id: rows[id] for id in sorted(rows) if after_id < id <= through_id}

    def page(
        self, project_id: str, integration_id: str, direction: Direction, after_id: str, limit: int
    ) -> Sequence[Failure]:
        """In the order of ids."""
        rows = self._rows(project_id, integration_id, direction)
        return [rows[id] for id in sorted(rows) if id > after_id][:limit]

    def read(
        self, project_id: str, integration_id: str, direction: Direction, record_ids: Iterable[str]
    ) -> Mapping[str, Failure]:
        """Those that exist."""
        rows = self._rows(project_id, integration_id, direction)
        return {id: rows[id] for id in record_ids if id in rows}

    def write(self, project_id: str, integration_id: str, direction: Direction, failures: Sequence[Failure]) -> None:
        """The last one of a record stays."""
        self._rows(project_id, integration_id, direction).update({row.record_id: row for row in failures})

    def clear(self, project_id: str, integration_id: str, direction: Direction, failures: Sequence[Failure]) -> None:
        """Leaves those that another run has replaced."""
        rows = self._rows(project_id, integration_id, direction)
        for failure in failures:
            stored = rows.get(failure.record_id)
            if stored is not None and stored.run == failure.run:
                del rows[failure.record_id]

    def _rows(self, project_id: str, integration_id: str, direction: Direction) -> dict[str, Failure]:
        return self._tables.failures.setdefault((project_id, integration_id, direction), {})


class FakeJobLog:
    """`JobLog` in memory, and its reading side."""

    def __init__(self, tables: FakeTables) -> None:
        self._tables = tables

    def write(self, job: Job, entries: Sequence[LogEntry]) -> None:
        """An entry of the same key is replaced."""
        rows = self._tables.logs.setdefault((job.project_id, job.id), {})
        rows.update({entry.key: entry for entry in entries})

    def newest(self, project_id: str, job_id: str, limit: int, now: int) -> tuple[Sequence[LogEntry], int]:
        """The newest entries, oldest of them first, and how many older ones there are."""
        rows = self._tables.logs.get((project_id, job_id), {})
        entries = sorted(rows.values(), key=lambda entry: (entry.timestamp, entry.key))
        omitted = max(0, len(entries) - limit)
        return entries[omitted:], omitted


class FakeIntegrations:
    """`Integrations` in memory."""

    def __init__(self, tables: FakeTables) -> None:
        self._tables = tables

    def put(self, integration: Integration) -> None:
        """Stores it, whatever was there: for tests to begin with."""
        stored = replace(integration, config=through_json(dict(integration.config)))
        self._tables.integrations[integration.project_id, integration.id] = stored

    def find(self, project_id: str, integration_id: str) -> Integration | None:
        """As it is now."""
        return self._tables.integrations.get((project_id, integration_id))

    def watermark(self, project_id: str, integration_id: str, direction: Direction) -> Watermark | None:
        """As the last finished run left it."""
        return self._tables.watermarks.get((project_id, integration_id, direction))

    def list(self, project_id: str) -> Sequence[Integration]:
        """Every integration of the project, by id."""
        rows = self._tables.integrations
        return [rows[place] for place in sorted(rows) if place[0] == project_id]

    def create(self, integration: Integration) -> bool:
        """False if the project has one with that id."""
        if self.find(integration.project_id, integration.id) is not None:
            return False
        self.put(integration)
        return True

    def set_status(
        self,
        project_id: str,
        integration_id: str,
        status: IntegrationStatus | None,
        reason: StatusReason | None,
        *,
        over_inactive: bool = False,
    ) -> bool:
        """False without such an integration, or if it is `inactive` and that isn't to be overwritten."""
        allowed = STATUSES if over_inactive else STATUSES - {"inactive"}
        return self._change_status(project_id, integration_id, allowed, status, reason)

    def mark_connected(self, project_id: str, integration_id: str, credentials_version: int) -> bool:
        """`pending` and `error` become `active`, if these are still the credentials."""
        if not self._has_credentials(project_id, integration_id, credentials_version):
            return False
        return self._change_status(project_id, integration_id, frozenset({"pending", "error"}), "active", None)

    def mark_refused(
        self, project_id: str, integration_id: str, reason: StatusReason, credentials_version: int
    ) -> bool:
        """`error`, unless `inactive`, if these are still the credentials."""
        if not self._has_credentials(project_id, integration_id, credentials_version):
            return False
        return self.set_status(project_id, integration_id, "error", reason)

    def _has_credentials(self, project_id: str, integration_id: str, version: int) -> bool:
        integration = self.find(project_id, integration_id)
        return integration is not None and integration.credentials_version == version

    def _change_status(
        self,
        project_id: str,
        integration_id: str,
        allowed: frozenset[IntegrationStatus],
        status: IntegrationStatus | None,
        reason: StatusReason | None,
    ) -> bool:
        integration = self.find(project_id, integration_id)
        if integration is None or integration.status not in allowed:
            return False
        self._tables.integrations[project_id, integration_id] = replace(
            integration, status=status or integration.status, status_reason=reason
        )
        return True


def _stamp(entity: Entity) -> EntityStamp:
    return EntityStamp(entity.id, entity.entity_type_id, entity.updated_at, entity.archived_at)


def _copy(entity: Entity) -> Entity:
    return replace(entity, fields=through_json(dict(entity.fields)))


def _is_there(stored: Entity, entity: Entity) -> bool:
    """Whether this very state was stored by an earlier call, whose acknowledgement was lost."""
    return replace(stored, created_at=entity.created_at) == _copy(entity)


def _require_storable(entity: Entity) -> None:
    size = len(json.dumps(dict(entity.fields), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))
    if size > ENTITY_FIELDS_MAXIMUM_BYTES:
        message = (
            f"the entity's fields take {size} bytes; at most {ENTITY_FIELDS_MAXIMUM_BYTES} can be stored: shorten it"
        )
        raise RecordRejected(message, code="entity_too_large")
