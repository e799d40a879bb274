"""Sending a batch until every record of it has one outcome."""

from collections.abc import Sequence

from integrations.domain.errors import OutcomeUnknown, RecordRejected
from integrations.providers.contract import Accepted, PushOutcome, PushProvider, RecordReader, Rejected
from integrations.sync.exchange import Exchange
from integrations.sync.ledger import Effects
from integrations.sync.run import Run

ROUNDS_MAXIMUM = 4


class Sender:
    """Sends, and reads back where the outcome is unknown or the record isn't what was remembered."""

    def __init__(self, run: Run, provider: PushProvider) -> None:
        self._run = run
        self._provider = provider
        self._reader = provider if isinstance(provider, RecordReader) else None

    def send(self, batch: Sequence[Exchange], effects: Effects) -> None:
        """Adds one outcome a record to `effects`. Raises the provider's `ServiceError`s; the batch may then be sent
        again, whole."""
        waiting = list(batch)
        if batch[0].item.retry:
            # An open conflict may have ended meanwhile; looking costs less than another refused write.
            waiting = self._decide_anew(waiting, effects)
        for rounds_left in range(ROUNDS_MAXIMUM - 1, -1, -1):
            if not waiting:
                return
            waiting = self._send_once(waiting, effects, rounds_left)
        for exchange in waiting:
            error = RecordRejected("the record kept changing in the service while it was sent", code="kept_changing")
            self._fail(exchange, error, effects, transient=True)

    def _send_once(self, batch: list[Exchange], effects: Effects, rounds_left: int) -> list[Exchange]:
        self._run.ledger.keep_alive(self._run.call_seconds_maximum)
        try:
            outcomes = self._provider.push_batch([exchange.record for exchange in batch], self._run.ledger.job.id)
        except OutcomeUnknown:
            if self._reader is None or not rounds_left:
                raise
            return self._decide_anew(batch, effects)
        stale = [
            exchange
            for exchange, outcome in zip(batch, outcomes, strict=True)
            if not self._is_settled(exchange, outcome, effects)
        ]
        return self._decide_anew(stale, effects)

    def _is_settled(self, exchange: Exchange, outcome: PushOutcome, effects: Effects) -> bool:
        if isinstance(outcome, Accepted):
            self._accept(exchange, outcome.revision, exchange.record.changed | exchange.already_there, effects)
            return True
        if isinstance(outcome, Rejected):
            error = RecordRejected(outcome.message, code=outcome.code)
            self._fail(exchange, error, effects, transient=outcome.transient)
            return True
        return False

    def _decide_anew(self, exchanges: list[Exchange], effects: Effects) -> list[Exchange]:
        """The exchanges that still have something to send, after a look at the records as they are now."""
        if not exchanges or self._reader is None:
            return exchanges
        self._run.ledger.keep_alive(self._run.call_seconds_maximum)
        records = self._reader.read_records([exchange.record.external_id for exchange in exchanges])
        again = []
        for exchange in exchanges:
            record = records.get(exchange.record.external_id)
            exchange.decide_anew(self._run, record)
            if exchange.record.changed:
                again.append(exchange)
            else:
                self._accept(exchange, record.revision if record else None, exchange.already_there, effects)
        return again

    def _accept(self, exchange: Exchange, revision: str | None, sent: frozenset[str], effects: Effects) -> None:
        effects.links.append(exchange.settled_link(self._run, revision, sent, self._provider.settling_ms))
        if exchange.conflicts:
            self._fail(exchange, exchange.conflict(), effects, transient=True)
            return
        effects.completed += 1
        if exchange.item.failure:
            effects.cleared.append(exchange.item.failure)

    def _fail(self, exchange: Exchange, error: RecordRejected, effects: Effects, *, transient: bool) -> None:
        run = self._run.second_try if exchange.item.retry else self._run.first_try
        state = str(exchange.entity.updated_at)
        effects.failed.append(self._run.failure(exchange.entity.id, error, state, run, transient=transient))
