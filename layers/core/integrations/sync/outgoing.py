"""What a push makes of an entity, before anything is sent. Asks the service for nothing but an unlinked record's id."""

from collections.abc import Mapping
from typing import Any

from integrations.domain.entity import Entity, EntityStamp
from integrations.domain.errors import RecordRejected
from integrations.domain.identity import PULLED_PREFIX, external_id_of_entity
from integrations.domain.link import Link
from integrations.mapping.apply import map_entity
from integrations.providers.contract import KeyedByContent, OutgoingRecord, Provider, RecordReader
from integrations.sync.entity_work import WorkItem
from integrations.sync.exchange import Exchange
from integrations.sync.memory import changed_here, made_hashes, only_mapped
from integrations.sync.run import Terms


def is_unchanged(terms: Terms, stamp: EntityStamp | None, link: Link | None) -> bool:
    """Whether the entity is known to have nothing to send, without reading its fields."""
    return (
        terms.mode != "resync"
        and stamp is not None
        and stamp.archived_at is None
        and link is not None
        and stamp.updated_at == link.entity_updated_at
        and link.mapping_version == terms.integration.mapping_version
    )


def absence(terms: Terms, entity: Entity | None) -> RecordRejected:
    """Why an entity that was asked for by its id isn't sent: there is none, or it is archived."""
    if entity is None:
        types = ", ".join(sorted(terms.entity_types))
        message = f"no entity with this id among the mapped entity types ({types})"
        return RecordRejected(message, code="entity_not_found")
    return RecordRejected("the entity is archived; restore it to sync it", code="entity_archived")


class Outgoing:
    """Makes exchanges of entities."""

    def __init__(self, terms: Terms, provider: Provider) -> None:
        self._terms = terms
        self._provider = provider
        self._keys = provider if isinstance(provider, KeyedByContent) else None

    def exchange(self, item: WorkItem, entity: Entity) -> Exchange:
        """The entity's exchange; its record may have nothing that changed. Raises `RecordRejected`."""
        terms = self._terms
        targets = map_entity(entity.as_source(), terms.integration.field_mappings)
        made = made_hashes(targets)
        link = self._link(item, entity, targets)
        is_known = link is item.link and link.deleted_at is None
        changed = changed_here(link if is_known and terms.mode != "resync" else None, made)
        link = only_mapped(link, (mapping.target for mapping in terms.integration.field_mappings))
        record = OutgoingRecord(
            entity_id=entity.id,
            external_id=link.external_id,
            remote_type=terms.entity_types[entity.entity_type_id],
            targets=targets,
            changed=frozenset(targets) if terms.mode == "resync" else changed,
            known=is_known,
            expected_revision=link.revision if terms.may_conflict else None,
            updated_at=entity.updated_at,
        )
        return Exchange(item, entity, link, made, record)

    def _link(self, item: WorkItem, entity: Entity, targets: Mapping[str, Any]) -> Link:
        """What is remembered of the entity's record. Where its content gives it another key than before, it is another
        record, of which nothing is."""
        key = self._keys.key_of(self._terms.entity_types[entity.entity_type_id], targets) if self._keys else None
        if item.link is not None and key in (None, item.link.external_id):
            return item.link
        return Link(entity.id, key or self._external_id(entity), 0, 0)

    def _external_id(self, entity: Entity) -> str:
        if not entity.id.startswith(PULLED_PREFIX) or not isinstance(self._provider, RecordReader):
            return external_id_of_entity(self._terms.scope[0], entity.id)
        remote_type = self._terms.entity_types[entity.entity_type_id]
        found = self._provider.find_record(remote_type, entity.id)
        if found is None:
            message = "the entity came from the service, but its record isn't there any more; pull first"
            raise RecordRejected(message, code="pull_first")
        return found
