"""A push: what changed here goes to the service."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from integrations.domain.entity import Entity
from integrations.domain.errors import RecordRejected
from integrations.domain.identity import PULLED_PREFIX, external_id_of_entity
from integrations.domain.link import Link
from integrations.mapping.apply import map_entity
from integrations.providers.contract import BatchLimits, KeyedByContent, OutgoingRecord, PushProvider, RecordReader
from integrations.sync.caution import poison
from integrations.sync.deletions import Deletions
from integrations.sync.entity_work import Page, WorkItem, entity_work
from integrations.sync.exchange import Exchange
from integrations.sync.ledger import Effects
from integrations.sync.memory import changed_here, made_hashes, only_mapped
from integrations.sync.run import RECORDS_PER_READ, Run
from integrations.sync.sending import Sender


class Push:
    """One slice of a push job. `work` returns True when there is nothing left to do."""

    def __init__(self, run: Run, provider: PushProvider) -> None:
        self._run = run
        self._provider = provider
        self._keys = provider if isinstance(provider, KeyedByContent) else None
        self._sender = Sender(run, provider)
        self._deletions = Deletions(run, provider)
        self._effects = Effects()
        self._batch: list[Exchange] = []
        self._batch_bytes = 0
        self._place: Mapping[str, Any] = {}
        self._ahead = 0

    def work(self, checkpoint: Mapping[str, Any]) -> bool:
        """Sends from the checkpoint on until all is settled (True) or time is up (False). Raises `ServiceError`s,
        `LeaseLost`, `JobCancelled`; what was settled by then is saved."""
        self._place = checkpoint
        self._run.ledger.take_care(self._provider.batch_limits.records_maximum)
        is_retrying = checkpoint["phase"] == "failed"
        for page in entity_work(self._run, checkpoint):
            if page and page[0].retry and not is_retrying:
                # A batch of their own: what failed before must not hold up what didn't.
                self._flush()
                is_retrying = True
            self._ahead += len(page)
            if not self._settle_page(page):
                return False
        self._flush()
        return True

    def _settle_page(self, page: Page) -> bool:
        for items in self._portions(page):
            self._run.ledger.keep_alive(self._run.call_seconds_maximum)
            if not self._settle(items):
                return False
            if not self._run.has_time():
                self._flush()
                return False
        if not self._batch and self._run.ledger.is_unsaved_too_long():
            self._flush()
        return True

    def _portions(self, page: Page) -> Iterator[Page]:
        """What is looked at before the next look at the clock: less, where a worker died nearby."""
        start = 0
        while start < len(page):
            end = start + min(RECORDS_PER_READ, self._run.ledger.batch_maximum or RECORDS_PER_READ)
            yield page[start:end]
            start = end

    def _settle(self, items: Sequence[WorkItem]) -> bool:
        changed = [item for item in items if not self._is_unchanged(item)]
        if self._is_poison(changed):
            self._fail(changed[0], poison(), str(changed[0].stamp.updated_at if changed[0].stamp else ""))
            self._place = items[-1].place
            return True
        entities = self._read(changed)
        for item in items:
            if self._deletions.is_full:
                self._flush()
                if not self._run.has_time():
                    return False
            exchange = self._look_at(item, entities.get(item.entity_id))
            if exchange is not None and not self._add(exchange):
                return False
            self._place = item.place
        return True

    def _is_poison(self, changed: Sequence[WorkItem]) -> bool:
        """Whether the only record to try kills its worker. Where batches are cut, what is full goes out before more is
        even read."""
        at_once = self._run.ledger.batch_maximum
        if at_once is not None and self._effects.tried + len(changed) > at_once:
            self._flush()
        self._effects.tried += len(changed)
        return at_once == 1 and bool(changed) and self._run.ledger.is_poison(changed[0].entity_id)

    def _look_at(self, item: WorkItem, entity: Entity | None) -> Exchange | None:
        """Settles what needs no request; what does need one is handed back."""
        if self._is_unchanged(item):
            self._done(item)
            return None
        if entity is None or entity.archived_at is not None:
            self._absent(item, entity)
            return None
        if item.failure and item.retry and not self._run.is_due_again(item.failure, str(entity.updated_at)):
            self._effects.still_failed.append(item.failure)
            return None
        try:
            return self._exchange(item, entity)
        except RecordRejected as error:
            self._fail(item, error, str(entity.updated_at))
            return None

    def _exchange(self, item: WorkItem, entity: Entity) -> Exchange | None:
        targets = map_entity(entity.as_source(), self._run.integration.field_mappings)
        made = made_hashes(targets)
        link = self._link(item, entity, targets)
        is_known = link is item.link and link.deleted_at is None
        changed = changed_here(link if is_known and self._run.mode != "resync" else None, made)
        link = only_mapped(link, (mapping.target for mapping in self._run.integration.field_mappings))
        outgoing = self._outgoing(entity, link, targets, changed, is_known=is_known)
        exchange = Exchange(item, entity, link, made, outgoing)
        if changed:
            return exchange
        self._effects.links.append(exchange.settled_link(self._run, link.revision, frozenset(), 0))
        self._done(item)
        return None

    def _link(self, item: WorkItem, entity: Entity, targets: Mapping[str, Any]) -> Link:
        """What is remembered of the entity's record. Where its content gives it another key than before, it is another
        record, of which nothing is."""
        key = self._keys.key_of(self._run.entity_types[entity.entity_type_id], targets) if self._keys else None
        if item.link is not None and key in (None, item.link.external_id):
            return item.link
        return Link(entity.id, key or self._external_id(entity), 0, 0)

    def _outgoing(
        self, entity: Entity, link: Link, targets: Mapping[str, Any], changed: frozenset[str], *, is_known: bool
    ) -> OutgoingRecord:
        is_checked = self._run.integration.on_conflict == "skip" and self._run.mode != "resync"
        return OutgoingRecord(
            entity_id=entity.id,
            external_id=link.external_id,
            remote_type=self._run.entity_types[entity.entity_type_id],
            targets=targets,
            changed=frozenset(targets) if self._run.mode == "resync" else changed,
            known=is_known,
            expected_revision=link.revision if is_checked else None,
            updated_at=entity.updated_at,
        )

    def _external_id(self, entity: Entity) -> str:
        if not entity.id.startswith(PULLED_PREFIX) or not isinstance(self._provider, RecordReader):
            return external_id_of_entity(self._run.scope[0], entity.id)
        remote_type = self._run.entity_types[entity.entity_type_id]
        found = self._provider.find_record(remote_type, entity.id)
        if found is None:
            message = "the entity came from the service, but its record isn't there any more; pull first"
            raise RecordRejected(message, code="pull_first")
        return found

    def _add(self, exchange: Exchange) -> bool:
        """Puts a record into the batch, sending the batch first where it is full. False when time is up."""
        size = self._provider.measure(exchange.record)
        limits = self._limits
        is_full = len(self._batch) >= limits.records_maximum or self._batch_bytes + size > limits.bytes_maximum
        if self._batch and is_full:
            self._flush()
            if not self._run.has_time():
                return False
        self._batch.append(exchange)
        self._batch_bytes += size
        return True

    @property
    def _limits(self) -> BatchLimits:
        """The service's limits, both cut alike where a worker died nearby."""
        limits, at_once = self._provider.batch_limits, self._run.ledger.batch_maximum
        if at_once is None or at_once >= limits.records_maximum:
            return limits
        return BatchLimits(at_once, limits.bytes_maximum * at_once // limits.records_maximum)

    def _flush(self) -> None:
        """Sends the batch and saves everything up to the current place."""
        if self._batch:
            self._sender.send(self._batch, self._effects)
        self._deletions.send(self._effects)
        if self._effects.settled:
            self._ahead -= self._effects.settled
            self._run.ledger.commit(self._effects, self._place, max(0, self._ahead))
        self._effects = Effects()
        self._batch = []
        self._batch_bytes = 0

    def _is_unchanged(self, item: WorkItem) -> bool:
        link = item.link
        return (
            self._run.mode != "resync"
            and item.stamp is not None
            and item.stamp.archived_at is None
            and link is not None
            and item.stamp.updated_at == link.entity_updated_at
            and link.mapping_version == self._run.integration.mapping_version
        )

    def _read(self, items: Iterable[WorkItem]) -> dict[str, Entity]:
        by_type: dict[str, list[str]] = {}
        for item in items:
            if item.stamp is not None:
                by_type.setdefault(item.stamp.entity_type_id, []).append(item.entity_id)
        entities: dict[str, Entity] = {}
        for entity_type, ids in by_type.items():
            entities |= self._run.entities.read(self._run.scope[0], entity_type, ids)
        return entities

    def _absent(self, item: WorkItem, entity: Entity | None) -> None:
        """An entity that isn't there (any more) is a failure only of a run that asked for it by name."""
        if entity is not None and self._deletions.take(item, entity, self._effects):
            return
        if not self._run.ledger.job.is_asked_by_name:
            self._done(item)
        elif entity is None:
            types = ", ".join(sorted(self._run.entity_types))
            message = f"no entity with this id among the mapped entity types ({types})"
            self._fail(item, RecordRejected(message, code="entity_not_found"), "absent")
        else:
            message = "the entity is archived; restore it to sync it"
            self._fail(item, RecordRejected(message, code="entity_archived"), "archived")

    def _fail(self, item: WorkItem, error: RecordRejected, state: str) -> None:
        run = self._run.second_try if item.retry else self._run.first_try
        self._effects.failed.append(self._run.failure(item.entity_id, error, state, run))

    def _done(self, item: WorkItem) -> None:
        self._effects.completed += 1
        if item.failure:
            self._effects.cleared.append(item.failure)
