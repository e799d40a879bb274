"""Pulling single records by their ids: those of the entities that a job names, and those that failed before."""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.domain.link import Failure
from integrations.providers.contract import RecordLookup
from integrations.sync.arrival import Arrival, not_linked, record_missing
from integrations.sync.entity_work import stamps_of
from integrations.sync.ledger import Effects
from integrations.sync.portions import portions
from integrations.sync.receiving import Receiver
from integrations.sync.run import RECORDS_PER_READ, Run


class PullById:
    """The phases `selected` and `failed` of a pull job."""

    def __init__(self, run: Run, provider: RecordLookup, receiver: Receiver) -> None:
        self._run = run
        self._provider = provider
        self._receiver = receiver
        self._chunk_size = min(RECORDS_PER_READ, provider.ids_per_lookup)

    def work(self, checkpoint: Mapping[str, Any]) -> bool:
        """Reads from the checkpoint on until all is settled (True) or time is up (False)."""
        if checkpoint["phase"] == "selected":
            return self._pull_selected(checkpoint)
        return self._pull_failed_before(checkpoint)

    def _pull_selected(self, checkpoint: Mapping[str, Any]) -> bool:
        """The records linked to the entities that the job names."""
        wanted = sorted(self._run.ledger.job.entity_ids or ())
        remaining = [entity_id for entity_id in wanted if entity_id > checkpoint["after"]]
        ahead = len(remaining)
        for ids, is_poison in portions(self._run.ledger, remaining, self._chunk_size, str):
            effects = Effects(tried=len(ids))
            links = self._run.links.read(*self._run.scope, ids)
            failures = self._run.failures.read(*self._run.scope, "pull", ids)
            for entity_id in ids:
                if entity_id not in links:
                    failure = self._run.failure(entity_id, not_linked(), "unlinked", self._run.first_try)
                    effects.failed.append(failure)
            linked = {entity_id: links[entity_id].external_id for entity_id in ids if entity_id in links}
            self._receive(linked, failures, effects, retry=False, is_poison=is_poison)
            ahead -= len(ids)
            self._run.ledger.commit(effects, {**checkpoint, "after": ids[-1]}, ahead)
            if not self._run.has_time():
                return ahead == 0
        return True

    def _pull_failed_before(self, checkpoint: Mapping[str, Any]) -> bool:
        """The records that earlier runs could not exchange, those worth another try."""
        after = checkpoint["after"]
        while page := self._run.failures.page(*self._run.scope, "pull", after, self._chunk_size):
            for some, is_poison in portions(self._run.ledger, page, self._chunk_size, lambda each: each.record_id):
                after = some[-1].record_id
                effects = Effects(tried=len(some))
                self._try_again([each for each in some if each.run != self._run.first_try], effects, is_poison)
                self._run.ledger.commit(effects, {**checkpoint, "after": after}, 0)
                if not self._run.has_time():
                    return False
            if len(page) < self._chunk_size:
                return True
        return True

    def _try_again(self, failures: Sequence[Failure], effects: Effects, is_poison: bool) -> None:
        """No request is made for what can't have changed. A failure without a record was of an id that somebody asked
        for by name: it says nothing any more."""
        ids = [failure.record_id for failure in failures]
        stamps, links = stamps_of(self._run, ids), self._run.links.read(*self._run.scope, ids)
        due = {}
        for failure in failures:
            link = links.get(failure.record_id)
            external_id = failure.external_id or (link.external_id if link else None)
            if external_id is None:
                effects.cleared.append(failure)
            elif self._receiver.is_worth_a_look(failure, stamps.get(failure.record_id)):
                due[failure.record_id] = external_id
            else:
                effects.still_failed.append(failure)
        by_id = {failure.record_id: failure for failure in failures}
        self._receive(due, by_id, effects, retry=True, is_poison=is_poison)

    def _receive(
        self,
        external_ids: Mapping[str, str],
        failures: Mapping[str, Failure],
        effects: Effects,
        *,
        retry: bool,
        is_poison: bool,
    ) -> None:
        self._run.ledger.keep_alive(self._run.call_seconds_maximum)
        records = self._provider.read_records([external_id for external_id in external_ids.values() if external_id])
        arrivals = []
        for entity_id, external_id in external_ids.items():
            record, failure = records.get(external_id), failures.get(entity_id)
            if record is not None:
                arrivals.append(Arrival(record.known_as(external_id), entity_id, failure, retry))
            elif retry and failure is not None:
                effects.completed += 1
                effects.cleared.append(failure)
            else:
                error = record_missing(external_id)
                effects.failed.append(self._run.failure(entity_id, error, "missing", self._run.first_try))
        self._receiver.receive(arrivals, effects, may_lag=False, is_poison=is_poison)
