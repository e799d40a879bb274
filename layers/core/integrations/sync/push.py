"""A push: what changed here goes to the service."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from integrations.domain.entity import Entity
from integrations.domain.errors import RecordRejected
from integrations.providers.contract import BatchLimits, PushProvider
from integrations.sync.caution import poison
from integrations.sync.deletions import Deletions
from integrations.sync.entity_work import Page, WorkItem, entity_work
from integrations.sync.exchange import Exchange
from integrations.sync.ledger import Effects
from integrations.sync.outgoing import Outgoing, absence, is_unchanged
from integrations.sync.run import RECORDS_PER_READ, Run
from integrations.sync.sending import Sender


class Push:
    """One slice of a push job. `work` returns True when there is nothing left to do."""

    def __init__(self, run: Run, provider: PushProvider) -> None:
        self._run = run
        self._provider = provider
        self._outgoing = Outgoing(run, provider)
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
        exchange = self._outgoing.exchange(item, entity)
        if exchange.record.changed:
            return exchange
        self._effects.links.append(exchange.settled_link(self._run, exchange.link.revision, frozenset(), 0))
        self._done(item)
        return None

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
        return is_unchanged(self._run, item.stamp, item.link)

    def _read(self, items: Iterable[WorkItem]) -> Mapping[str, Entity]:
        by_type: dict[str, list[str]] = {}
        for item in items:
            if item.stamp is not None:
                by_type.setdefault(item.stamp.entity_type_id, []).append(item.entity_id)
        return self._run.entities.read_of_types(self._run.scope[0], by_type)

    def _absent(self, item: WorkItem, entity: Entity | None) -> None:
        """An entity that isn't there (any more) is a failure only of a run that asked for it by name."""
        if entity is not None and self._deletions.take(item, entity, self._effects):
            return
        if self._run.ledger.job.entity_ids is None:
            self._done(item)
        else:
            self._fail(item, absence(self._run, entity), "archived" if entity else "absent")

    def _fail(self, item: WorkItem, error: RecordRejected, state: str) -> None:
        run = self._run.second_try if item.retry else self._run.first_try
        self._effects.failed.append(self._run.failure(item.entity_id, error, state, run))

    def _done(self, item: WorkItem) -> None:
        self._effects.completed += 1
        if item.failure:
            self._effects.cleared.append(item.failure)
