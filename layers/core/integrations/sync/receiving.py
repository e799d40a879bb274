"""Writing pulled records into their entities."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import batched

from integrations.domain.entity import Entity, EntityStamp
from integrations.domain.errors import RecordRejected
from integrations.domain.link import Failure, Link
from integrations.mapping.digest import value_hash
from integrations.providers.contract import Provider, RemoteRecord
from integrations.sync.arrival import Arrival, decide_arrival, pull_rules
from integrations.sync.caution import poison
from integrations.sync.conflict import conflict_error
from integrations.sync.incoming import Decision, changed_targets
from integrations.sync.ledger import Effects
from integrations.sync.memory import is_exact, seen_hashes
from integrations.sync.owners import Owners
from integrations.sync.run import RECORDS_PER_READ, Run

WRITE_TRIES_MAXIMUM = 3


class Receiver:
    """Turns pulled records into written entities and links; one outcome each."""

    def __init__(self, run: Run, provider: Provider) -> None:
        self._run = run
        self._owners = Owners(run, provider)
        self._rules = pull_rules(run)

    def arrival(self, record: RemoteRecord) -> Arrival:
        """The record with the entity it belongs to."""
        return Arrival(*self._owners.find(record))

    def is_worth_a_look(self, failure: Failure, stamp: EntityStamp | None) -> bool:
        """Whether a failed record is worth another try, as far as that is known without asking the service for it."""
        return self._run.is_due_again(failure, _state(_there(failure), stamp))

    def has_changed(self, failure: Failure, record: RemoteRecord) -> bool:
        """Whether the record isn't there as it was when it failed."""
        return _there(failure) != self._version(record)

    def receive(self, arrivals: Iterable[Arrival], effects: Effects, *, may_lag: bool, is_poison: bool = False) -> None:
        """Writes what really changed, adding one outcome a record to `effects`. Records read by id don't lag; poison is
        failed without a try."""
        self._rules = replace(self._rules, may_lag=may_lag)
        if is_poison:
            self._reject([arrival for arrival in arrivals if arrival.entity_id], poison(), effects)
            return
        for some in batched(arrivals, RECORDS_PER_READ, strict=False):
            links = self._run.links.read(*self._run.scope, [a.entity_id for a in some if a.entity_id])
            to_read = [arrival for arrival in some if not self._settle_unchanged(arrival, links, effects)]
            entities = self._read(to_read)
            for arrival in to_read:
                self._settle(arrival, links.get(str(arrival.entity_id)), entities.get(str(arrival.entity_id)), effects)

    def _reject(self, arrivals: Sequence[Arrival], error: RecordRejected, effects: Effects) -> None:
        entities = self._read(arrivals)
        for arrival in arrivals:
            self._fail(arrival, error, entities.get(str(arrival.entity_id)), effects)

    def _settle_unchanged(self, arrival: Arrival, links: Mapping[str, Link], effects: Effects) -> bool:
        """Whether the record needs no look at its entity: it is as remembered."""
        if arrival.entity_id is None:
            effects.completed += 1
            return True
        link = links.get(arrival.entity_id)
        if link is None or self._rules.remote_wins or link.mapping_version != self._rules.mapping_version:
            return False
        if changed_targets(self._rules, link, arrival.record, self._run.clock()):
            return False
        seen = self._seen(arrival.record)
        if link.revision != arrival.record.revision and is_exact(link.targets, seen):
            effects.links.append(replace(link, revision=arrival.record.revision))
        self._done(arrival, effects)
        return True

    def _settle(self, arrival: Arrival, link: Link | None, entity: Entity | None, effects: Effects) -> None:
        try:
            if arrival.retry and arrival.failure and not self._is_due_again(arrival.failure, arrival.record, entity):
                effects.still_failed.append(arrival.failure)
                return
            conflict = self._write(arrival, link, entity, effects)
        except RecordRejected as error:
            self._fail(arrival, error, entity, effects)
            return
        if conflict is not None:
            self._fail(arrival, conflict, entity, effects, transient=True)
        else:
            self._done(arrival, effects)

    def _write(
        self, arrival: Arrival, link: Link | None, entity: Entity | None, effects: Effects
    ) -> RecordRejected | None:
        """Writes the entity on the condition that it is as it was read, deciding anew where it isn't. The conflict,
        if there is one."""
        for _ in range(WRITE_TRIES_MAXIMUM):
            decided = decide_arrival(self._run, self._rules, self._owners, arrival, link, entity)
            if decided is None:
                return None
            current, decision = decided
            if decision.entity is None or self._store(decision.entity, current, is_new=entity is None):
                effects.links.append(decision.link)
                return self._conflict(decision, current, arrival.record)
            entity = self._read([arrival]).get(current.id)
        raise RecordRejected("the entity kept changing while it was written", code="kept_changing")

    def _conflict(self, decision: Decision, entity: Entity, record: RemoteRecord) -> RecordRejected | None:
        return conflict_error(decision.conflicts, entity, record.updated_at) if decision.conflicts else None

    def _store(self, entity: Entity, read: Entity, *, is_new: bool) -> bool:
        self._run.ledger.require_lease()
        if is_new:
            return self._run.entities.create(self._run.scope[0], entity)
        return self._run.entities.replace(self._run.scope[0], entity, read.updated_at)

    def _read(self, arrivals: Sequence[Arrival]) -> Mapping[str, Entity]:
        ids_by_type: dict[str, list[str]] = {}
        for arrival in arrivals:
            ids_by_type.setdefault(self._owners.entity_type_of(arrival.record), []).append(str(arrival.entity_id))
        return self._run.entities.read_of_types(self._run.scope[0], ids_by_type)

    def _is_due_again(self, failure: Failure, record: RemoteRecord, entity: Entity | None) -> bool:
        return self._run.is_due_again(failure, _state(self._version(record), entity))

    def _version(self, record: RemoteRecord) -> str:
        """Names the record's state there."""
        return record.revision or value_hash([hash.hex() for hash in self._seen(record).values()]).hex()

    def _seen(self, record: RemoteRecord) -> dict[str, bytes]:
        return seen_hashes(record.document, self._rules.mappings)

    def _fail(
        self,
        arrival: Arrival,
        error: RecordRejected,
        entity: Entity | None,
        effects: Effects,
        *,
        transient: bool = False,
    ) -> None:
        run = self._run.second_try if arrival.retry else self._run.first_try
        state = _state(self._version(arrival.record), entity)
        failure = self._run.failure(str(arrival.entity_id), error, state, run, transient=transient)
        effects.failed.append(replace(failure, external_id=arrival.record.external_id))

    def _done(self, arrival: Arrival, effects: Effects) -> None:
        effects.completed += 1
        if arrival.failure:
            effects.cleared.append(arrival.failure)


def _state(there: str, entity: Entity | EntityStamp | None) -> str:
    """What the outcome depends on: the record as it is there, and the entity as it is here."""
    return f"{there}/{entity.updated_at if entity else ''}"


def _there(failure: Failure) -> str:
    """The record's part of the state that failed."""
    return failure.fingerprint.rpartition("/")[0]
