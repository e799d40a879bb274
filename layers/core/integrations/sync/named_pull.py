"""A pull of the records that the service's webhooks named."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from integrations.providers.contract import IdSweep, Provider, RecordLookup
from integrations.sync.arrival import Arrival
from integrations.sync.ledger import Effects
from integrations.sync.portions import portions
from integrations.sync.receiving import Receiver
from integrations.sync.run import RECORDS_PER_READ, Run
from integrations.sync.vanished import VanishedRecords


class LookupProvider(Provider, RecordLookup, Protocol):
    """A service whose records can be read by id."""


class NamedPull:
    """One slice of a pull job that names records. `work` returns True when there is nothing left to do.

    A webhook says that something happened to a record and not what is there now, so each is read. The links decide
    which entity it belongs to, as in any pull; one of nobody's becomes an entity."""

    def __init__(self, run: Run, provider: LookupProvider) -> None:
        self._run = run
        self._provider = provider
        self._receiver = Receiver(run, provider)
        self._chunk_size = min(RECORDS_PER_READ, provider.ids_per_lookup)
        self._sweep = provider if run.integration.on_archive == "delete" and isinstance(provider, IdSweep) else None

    def work(self, checkpoint: Mapping[str, Any]) -> bool:
        """Reads from the checkpoint on until all is settled (True) or time is up (False). Raises `ServiceError`s,
        `LeaseLost`, `JobCancelled`; what was settled by then is saved."""
        if checkpoint["phase"] == "named":
            done = self._pull_named(checkpoint)
            if done is None:
                return False
            checkpoint = {**done, "phase": "vanished", "after": ""}
        if self._sweep is None or not checkpoint.get("missing"):
            return True
        named = frozenset(self._run.ledger.job.external_ids or ())
        return VanishedRecords(self._run, self._sweep, named).work(checkpoint)

    def _pull_named(self, checkpoint: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The checkpoint after the last record, or None when time is up before."""
        wanted = sorted(self._run.ledger.job.external_ids or ())
        remaining = [external_id for external_id in wanted if external_id > checkpoint["after"]]
        ahead = len(remaining)
        for ids, is_poison in portions(self._run.ledger, remaining, self._chunk_size, str):
            effects = Effects(tried=len(ids))
            is_missing = self._receive(ids, effects, is_poison=is_poison)
            checkpoint = {**checkpoint, "after": ids[-1], "missing": checkpoint.get("missing", False) or is_missing}
            ahead -= len(ids)
            self._run.ledger.commit(effects, checkpoint, ahead)
            if ahead and not self._run.has_time():
                return None
        return checkpoint

    def _receive(self, ids: Sequence[str], effects: Effects, *, is_poison: bool) -> bool:
        """Whether one of the records isn't there."""
        self._run.ledger.keep_alive(self._run.call_seconds_maximum)
        records = self._provider.read_records(ids)
        mapped = [record for record in records.values() if record.remote_type in self._run.entity_types.values()]
        # What isn't there, and what is of no mapped type, is nothing to pull.
        effects.completed += len(ids) - len(mapped)
        arrivals = [self._receiver.arrival(record) for record in mapped]
        self._receiver.receive(self._with_failures(arrivals), effects, may_lag=False, is_poison=is_poison)
        return len(records) < len(ids)

    def _with_failures(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """One for each entity: a record may have been named by several of its ids."""
        owned = [arrival.entity_id for arrival in arrivals if arrival.entity_id]
        failures = self._run.failures.read(*self._run.scope, "pull", owned)
        distinct = {arrival.entity_id or arrival.record.external_id: arrival for arrival in arrivals}
        return [arrival.after(failures.get(arrival.entity_id or "")) for arrival in distinct.values()]
