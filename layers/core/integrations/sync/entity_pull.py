"""A pull from a service that can't list its records: the record of each entity is looked up."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from integrations.domain.entity import Entity
from integrations.domain.errors import RecordRejected
from integrations.mapping.apply import map_entity
from integrations.providers.contract import KeyedByContent, Provider, RecordLookup
from integrations.sync.arrival import Arrival, absence, not_linked
from integrations.sync.entity_work import WorkItem, entity_work
from integrations.sync.ledger import Effects
from integrations.sync.portions import portions
from integrations.sync.receiving import Receiver
from integrations.sync.run import RECORDS_PER_READ, Run


class LookupProvider(Provider, KeyedByContent, RecordLookup, Protocol):
    """A service whose records are found by what entities say of them."""


class EntityPull:
    """One slice of a pull job. `work` returns True when there is nothing left to do."""

    def __init__(self, run: Run, provider: LookupProvider) -> None:
        self._run = run
        self._provider = provider
        self._receiver = Receiver(run, provider)
        self._chunk_size = min(RECORDS_PER_READ, provider.ids_per_lookup)
        self._ahead = 0

    def work(self, checkpoint: Mapping[str, Any]) -> bool:
        """Looks up from the checkpoint on until all is settled (True) or time is up (False). Raises `ServiceError`s,
        `LeaseLost`, `JobCancelled`; what was settled by then is saved."""
        if checkpoint["phase"] == "records":
            checkpoint = {**checkpoint, "phase": "entities", "type": 0, "after": "", "since": 0}
        for page in entity_work(self._run, checkpoint):
            self._ahead += len(page)
            for items, is_poison in portions(self._run.ledger, page, self._chunk_size, lambda item: item.entity_id):
                self._settle(items, is_poison=is_poison)
                if not self._run.has_time():
                    return False
        return True

    def _settle(self, items: Sequence[WorkItem], *, is_poison: bool) -> None:
        effects = Effects(tried=len(items))
        entities = self._entities(items)
        ids = {}
        for item in items:
            external_id = self._external_id(item, entities.get(item.entity_id), effects)
            if external_id is not None:
                ids[item.entity_id] = external_id
        self._receive(items, ids, effects, is_poison=is_poison)
        self._ahead -= effects.settled
        self._run.ledger.commit(effects, items[-1].place, max(0, self._ahead))

    def _receive(self, items: Sequence[WorkItem], ids: Mapping[str, str], effects: Effects, *, is_poison: bool) -> None:
        self._run.ledger.keep_alive(self._run.call_seconds_maximum)
        records = self._provider.read_records(list(dict.fromkeys(ids.values())))
        arrivals = []
        for item in items:
            record = records.get(ids.get(item.entity_id, ""))
            if record is not None:
                arrivals.append(Arrival(record, item.entity_id, item.failure, item.retry, may_create=False))
            elif item.entity_id in ids:
                self._settle_missing(item, effects)
        self._receiver.receive(arrivals, effects, may_lag=False, is_poison=is_poison)

    def _settle_missing(self, item: WorkItem, effects: Effects) -> None:
        """What the service doesn't have is nothing to pull; who asked for it by name is told."""
        if self._is_selected:
            self._fail(item, RecordRejected("the service has no record of this entity", code="record_missing"), effects)
        else:
            self._done(item, effects)

    def _external_id(self, item: WorkItem, entity: Entity | None, effects: Effects) -> str | None:
        """The id to look the record up by; None where the item is settled without."""
        if entity is None or entity.archived_at is not None:
            self._settle_absent(item, effects)
            return None
        if item.link is not None:
            return item.link.external_id
        if self._is_selected:
            self._fail(item, not_linked(), effects)
            return None
        remote_type = self._run.entity_types[entity.entity_type_id]
        try:
            targets = map_entity(entity.as_source(), self._run.integration.field_mappings)
            key = self._provider.key_of(remote_type, targets)
        except RecordRejected as error:
            self._fail(item, error, effects)
            return None
        if key is None:
            # A record that has no key of its own, nor one that we gave it: there is none to look up.
            self._done(item, effects)
        return key

    def _settle_absent(self, item: WorkItem, effects: Effects) -> None:
        if self._is_selected:
            self._fail(item, absence(), effects)
        else:
            self._done(item, effects)

    @property
    def _is_selected(self) -> bool:
        return self._run.ledger.job.entity_ids is not None

    def _entities(self, items: Sequence[WorkItem]) -> Mapping[str, Entity]:
        by_type: dict[str, list[str]] = {}
        for item in items:
            if item.stamp is not None:
                by_type.setdefault(item.stamp.entity_type_id, []).append(item.entity_id)
        return self._run.entities.read_of_types(self._run.scope[0], by_type)

    def _fail(self, item: WorkItem, error: RecordRejected, effects: Effects) -> None:
        run = self._run.second_try if item.retry else self._run.first_try
        state = str(item.stamp.updated_at) if item.stamp else "absent"
        effects.failed.append(self._run.failure(item.entity_id, error, state, run))

    def _done(self, item: WorkItem, effects: Effects) -> None:
        effects.completed += 1
        if item.failure:
            effects.cleared.append(item.failure)
