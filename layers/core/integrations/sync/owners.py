"""Which entity a pulled record belongs to."""

from collections.abc import Iterator, Mapping
from itertools import batched

from integrations.domain.entity import Entity
from integrations.domain.errors import RecordRejected
from integrations.domain.identity import PUSHED_PREFIX, entity_id_of_record, external_id_of_entity
from integrations.mapping.apply import map_entity
from integrations.providers.contract import KeyedByContent, Provider, RemoteRecord
from integrations.sync.entity_work import entity_ids
from integrations.sync.run import RECORDS_PER_READ, Terms


class Owners:
    """Finds owners: by the links, by the id or content that an entity gives its record, or by the record's own id.

    What it needs to know of all links or entities it reads once a slice, and only when a record asks for it."""

    def __init__(self, terms: Terms, provider: Provider) -> None:
        self._terms = terms
        self._types = {remote_type: entity_type for entity_type, remote_type in terms.entity_types.items()}
        self._keys = provider if isinstance(provider, KeyedByContent) else None
        self._address = provider.canonical_address
        self._linked: Mapping[str, str] | None = None
        self._ids: Mapping[str, str] | None = None
        self._keyed: Mapping[str, str] | None = None

    def find(self, record: RemoteRecord) -> tuple[RemoteRecord, str | None]:
        """The record under the id that its owner knows it by, and the owner's id: None for a record that was made by an
        entity that is no more."""
        if self._keys is not None:
            found = self._by_content(record)
            if found is not None:
                return found
        if record.external_id.startswith(PUSHED_PREFIX):
            return record, self._makers_by_id().get(record.external_id)
        return record, self.entity_id_of(record)

    def entity_id_of(self, record: RemoteRecord) -> str:
        """The id of the entity that a record of nobody becomes."""
        return entity_id_of_record(self._terms.integration.type, self._address, record.remote_type, record.external_id)

    def entity_type_of(self, record: RemoteRecord) -> str:
        """The type of the entities that records of its type belong to."""
        return self._types[record.remote_type]

    def _by_content(self, record: RemoteRecord) -> tuple[RemoteRecord, str] | None:
        ids = (record.external_id, *record.aliases)
        if self._linked is None:
            self._linked = dict(self._terms.links.external_ids(*self._terms.scope))
        for external_id in ids:
            if external_id in self._linked:
                return record.known_as(external_id), self._linked[external_id]
        makers = self._makers_by_content()
        return next(((record.known_as(key), makers[key]) for key in ids if key in makers), None)

    def _makers_by_id(self) -> Mapping[str, str]:
        """Ids of this form can't be turned back, so the ids of all entities are turned forward."""
        if self._ids is None:
            project_id = self._terms.scope[0]
            self._ids = {
                external_id_of_entity(project_id, entity_id): entity_id
                for entity_type in self._terms.entity_types
                for entity_id in entity_ids(self._terms, entity_type)
            }
        return self._ids

    def _makers_by_content(self) -> Mapping[str, str]:
        """The entities that no link knows yet, by the key that their content gives a record: an integration that was
        made again finds what its predecessor pushed."""
        if self._keyed is None:
            linked = set((self._linked or {}).values())
            self._keyed = {
                key: entity.id
                for entity_type, remote_type in self._terms.entity_types.items()
                for entity in self._entities(entity_type, linked)
                if (key := self._key(remote_type, entity)) is not None
            }
        return self._keyed

    def _key(self, remote_type: str, entity: Entity) -> str | None:
        assert self._keys is not None  # noqa: S101 - asked for by such a service only
        try:
            return self._keys.key_of(
                remote_type, map_entity(entity.as_source(), self._terms.integration.field_mappings)
            )
        except RecordRejected:
            return None

    def _entities(self, entity_type: str, linked: set[str]) -> Iterator[Entity]:
        unlinked = (entity_id for entity_id in entity_ids(self._terms, entity_type) if entity_id not in linked)
        for ids in batched(unlinked, RECORDS_PER_READ, strict=False):
            yield from self._terms.entities.read(self._terms.scope[0], entity_type, ids).values()
