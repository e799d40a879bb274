"""A pull: what changed in the service comes here."""

from collections.abc import Mapping, Sequence
from itertools import batched
from typing import Any

from integrations.domain.errors import RecordRejected
from integrations.domain.link import Failure
from integrations.providers.contract import PullProvider, RecordReader, RemoteRecord
from integrations.sync.ledger import Effects
from integrations.sync.receiving import Arrival, Receiver
from integrations.sync.run import RECORDS_PER_READ, Run


class Pull:
    """One slice of a pull job. `work` returns True when there is nothing left to do."""

    def __init__(self, run: Run, provider: PullProvider) -> None:
        self._run = run
        self._provider = provider
        self._reader = provider if isinstance(provider, RecordReader) else None
        self._receiver = Receiver(run, provider)

    def work(self, checkpoint: Mapping[str, Any]) -> bool:
        """Reads from the checkpoint on until all is settled (True) or time is up (False). Raises `ServiceError`s,
        `LeaseLost`, `JobCancelled`; what was settled by then is saved."""
        if checkpoint["phase"] == "selected":
            return self._pull_selected(checkpoint)
        if checkpoint["phase"] == "records":
            done = self._pull_pages(checkpoint)
            if done is None:
                return False
            checkpoint = done
        return self._reader is None or self._pull_failed_before(checkpoint)

    def _pull_pages(self, checkpoint: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The checkpoint after the last page, or None when time is up before."""
        remote_types = sorted(self._run.integration.entity_types.values())
        if checkpoint["cursor"] is None:
            checkpoint = {**checkpoint, "cursor": self._provider.first_cursor(checkpoint["since"])}
        while True:
            self._run.ledger.keep_alive(self._run.call_seconds_maximum)
            page = self._provider.pull_page(remote_types, checkpoint["cursor"])
            effects = Effects()
            self._receiver.receive(self._arrivals(page.records), effects, may_lag=True)
            times = [time for time in (checkpoint.get("service_time"), page.service_time) if time]
            checkpoint = {**checkpoint, "service_time": max(times, default=None), "cursor": page.next_cursor}
            if page.next_cursor is None:
                checkpoint = {**checkpoint, "phase": "failed", "after": ""}
            self._run.ledger.commit(effects, checkpoint, 0)
            if page.next_cursor is None:
                return checkpoint
            if not self._run.has_time():
                return None

    def _arrivals(self, records: Sequence[RemoteRecord]) -> list[Arrival]:
        """The records with their entities; those that an earlier run could not exchange are left for later."""
        arrivals = [self._receiver.arrival(record) for record in records]
        ids = [arrival.entity_id for arrival in arrivals if arrival.entity_id]
        failures = self._run.failures.read(*self._run.scope, "pull", ids)
        kept = []
        for arrival in arrivals:
            failure = failures.get(arrival.entity_id or "")
            is_left_for_later = failure is not None and failure.run != self._run.first_try
            if not is_left_for_later or self._reader is None:
                kept.append(arrival.after(failure))
        return kept

    def _pull_selected(self, checkpoint: Mapping[str, Any]) -> bool:
        """The records linked to the entities that the job names."""
        wanted = sorted(self._run.ledger.job.entity_ids or ())
        remaining = [entity_id for entity_id in wanted if entity_id > checkpoint["after"]]
        ahead = len(remaining)
        for ids in batched(remaining, RECORDS_PER_READ, strict=False):
            effects = Effects()
            links = self._run.links.read(*self._run.scope, ids)
            failures = self._run.failures.read(*self._run.scope, "pull", ids)
            for entity_id in ids:
                if entity_id not in links:
                    message = "the entity is linked to no record of the service yet; push it first"
                    error = RecordRejected(message, code="not_linked")
                    effects.failed.append(self._run.failure(entity_id, error, "unlinked", self._run.first_try))
            linked = {entity_id: links[entity_id].external_id for entity_id in ids if entity_id in links}
            self._receive_by_id(linked, failures, effects, retry=False)
            ahead -= len(ids)
            self._run.ledger.commit(effects, {**checkpoint, "after": ids[-1]}, ahead)
            if not self._run.has_time():
                return ahead == 0
        return True

    def _pull_failed_before(self, checkpoint: Mapping[str, Any]) -> bool:
        """The records that earlier runs could not exchange, those worth another try."""
        after = checkpoint["after"]
        while page := self._run.failures.page(*self._run.scope, "pull", after, RECORDS_PER_READ):
            after = page[-1].record_id
            mine = {failure.record_id: failure for failure in page if failure.run != self._run.first_try}
            effects = Effects()
            known = {record_id: failure.external_id or "" for record_id, failure in mine.items()}
            self._receive_by_id({k: v for k, v in known.items() if v}, mine, effects, retry=True)
            self._run.ledger.commit(effects, {**checkpoint, "after": after}, 0)
            if len(page) < RECORDS_PER_READ:
                return True
            if not self._run.has_time():
                return False
        return True

    def _receive_by_id(
        self, external_ids: Mapping[str, str], failures: Mapping[str, Failure], effects: Effects, *, retry: bool
    ) -> None:
        assert self._reader is not None  # noqa: S101 - only such a service takes a job that names entities
        self._run.ledger.keep_alive(self._run.call_seconds_maximum)
        records = self._reader.read_records(list(external_ids.values()))
        arrivals = []
        for entity_id, external_id in external_ids.items():
            record, failure = records.get(external_id), failures.get(entity_id)
            if record is not None:
                arrivals.append(Arrival(record, entity_id, failure, retry))
            elif retry and failure is not None:
                effects.completed += 1
                effects.cleared.append(failure)
            else:
                error = RecordRejected(f"the service has no record {external_id} any more", code="record_missing")
                effects.failed.append(self._run.failure(entity_id, error, "missing", self._run.first_try))
        self._receiver.receive(arrivals, effects, may_lag=False)
