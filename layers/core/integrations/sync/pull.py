"""A pull from a service that lists its records: what changed there comes here."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from integrations.domain.link import Failure
from integrations.providers.contract import IdSweep, PullPage, PullProvider, RecordLookup, RemoteRecord
from integrations.sync.arrival import Arrival
from integrations.sync.ledger import Effects
from integrations.sync.portions import portions
from integrations.sync.pull_by_id import PullById
from integrations.sync.receiving import Receiver
from integrations.sync.run import Run
from integrations.sync.vanished import VanishedRecords, archives_vanished


class Pull:
    """One slice of a pull job. `work` returns True when there is nothing left to do."""

    def __init__(self, run: Run, provider: PullProvider) -> None:
        self._run = run
        self._provider = provider
        self._receiver = Receiver(run, provider)
        self._by_id = PullById(run, provider, self._receiver) if isinstance(provider, RecordLookup) else None
        self._has_failures = False

    def work(self, checkpoint: Mapping[str, Any]) -> bool:
        """Reads from the checkpoint on until all is settled (True) or time is up (False). Raises `ServiceError`s,
        `LeaseLost`, `JobCancelled`; what was settled by then is saved."""
        if checkpoint["phase"] == "records":
            done = self._pull_pages(checkpoint)
            if done is None:
                return False
            checkpoint = done
        if checkpoint["phase"] == "vanished":
            if not self._archive_vanished(checkpoint):
                return False
            checkpoint = {**checkpoint, "phase": "failed", "after": ""}
        return self._by_id is None or self._by_id.work(checkpoint)

    def _archive_vanished(self, checkpoint: Mapping[str, Any]) -> bool:
        provider = self._provider
        if not archives_vanished(self._run) or not isinstance(provider, IdSweep):
            return True
        return VanishedRecords(self._run, provider).work(checkpoint)

    def _pull_pages(self, checkpoint: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The checkpoint after the last page, or None when time is up before."""
        self._has_failures = bool(self._run.failures.page(*self._run.scope, "pull", "", 1))
        remote_types = sorted(self._run.entity_types.values())
        if checkpoint["cursor"] is None:
            checkpoint = {**checkpoint, "cursor": self._provider.first_cursor(checkpoint["since"])}
        while True:
            self._run.ledger.keep_alive(self._run.call_seconds_maximum)
            page = self._provider.pull_page(remote_types, checkpoint["cursor"])
            moved = _after(checkpoint, page)
            if not self._settle_page(checkpoint, page, moved):
                return None
            checkpoint = moved
            if page.next_cursor is None:
                return checkpoint
            if not self._run.has_time():
                return None

    def _settle_page(self, checkpoint: Mapping[str, Any], page: PullPage, moved: Mapping[str, Any]) -> bool:
        """Writes the page's records: at once, or where a worker died in it, portion by portion, each of them saved with
        the versions that are settled, since the page may be another when it's read again. False when time is up."""
        settled = set(checkpoint.get("settled", ()))
        records = [record for record in page.records if not settled or _version(record) not in settled]
        effects = Effects(notices=list(page.notices))
        done = 0
        for some, is_poison in portions(self._run.ledger, records, max(1, len(page.records)), _version):
            effects.tried = len(some)
            self._receiver.receive(self._arrivals(some), effects, may_lag=True, is_poison=is_poison)
            done += len(some)
            if done == len(records):
                break
            settled |= {_version(record) for record in some}
            self._run.ledger.commit(effects, {**checkpoint, "settled": sorted(settled)}, len(records) - done)
            self._has_failures |= bool(effects.failed)
            effects = Effects()
            if not self._run.has_time():
                return False
        self._run.ledger.commit(effects, moved, 0)
        self._has_failures |= bool(effects.failed)
        return True

    def _arrivals(self, records: Sequence[RemoteRecord]) -> list[Arrival]:
        """The records with their entities; those that an earlier run could not exchange as they still are there are
        left for later."""
        arrivals = [self._receiver.arrival(record) for record in records]
        if not self._has_failures:
            # A look at nothing costs as much as one at something, and most pulls have no failures at all.
            return arrivals
        ids = [arrival.entity_id for arrival in arrivals if arrival.entity_id]
        failures = self._run.failures.read(*self._run.scope, "pull", ids)
        kept = []
        for arrival in arrivals:
            failure = failures.get(arrival.entity_id or "")
            if failure is None or not self._is_left_for_later(failure, arrival.record):
                kept.append(arrival.after(failure))
        return kept

    def _is_left_for_later(self, failure: Failure, record: RemoteRecord) -> bool:
        if self._by_id is None or failure.run == self._run.first_try:
            return False
        return self._run.mode == "resync" or not self._receiver.has_changed(failure, record)


def _after(checkpoint: Mapping[str, Any], page: PullPage) -> dict[str, Any]:
    """The checkpoint past the page, with the greatest time of the service's clock so far."""
    times = [time for time in (checkpoint.get("service_time"), page.service_time) if time]
    moved = {**checkpoint, "service_time": max(times, default=None), "cursor": page.next_cursor}
    moved.pop("settled", None)
    return moved if page.next_cursor is not None else {**moved, "phase": "vanished", "after": ""}


def _version(record: RemoteRecord) -> str:
    """Names the record as it is there, in few characters."""
    parts = (record.external_id, record.revision, record.updated_at)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
