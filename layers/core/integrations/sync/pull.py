"""A pull from a service that lists its records: what changed there comes here."""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.providers.contract import PullPage, PullProvider, RecordLookup, RemoteRecord
from integrations.sync.ledger import Effects
from integrations.sync.pull_by_id import PullById
from integrations.sync.receiving import Arrival, Receiver
from integrations.sync.run import Run


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
        return self._by_id is None or self._by_id.work(checkpoint)

    def _pull_pages(self, checkpoint: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The checkpoint after the last page, or None when time is up before."""
        self._has_failures = bool(self._run.failures.page(*self._run.scope, "pull", "", 1))
        remote_types = sorted(self._run.entity_types.values())
        if checkpoint["cursor"] is None:
            checkpoint = {**checkpoint, "cursor": self._provider.first_cursor(checkpoint["since"])}
        while True:
            self._run.ledger.keep_alive(self._run.call_seconds_maximum)
            page = self._provider.pull_page(remote_types, checkpoint["cursor"])
            effects = Effects(notices=list(page.notices))
            self._receiver.receive(self._arrivals(page.records), effects, may_lag=True)
            checkpoint = _after(checkpoint, page)
            self._run.ledger.commit(effects, checkpoint, 0)
            self._has_failures |= bool(effects.failed)
            if page.next_cursor is None:
                return checkpoint
            if not self._run.has_time():
                return None

    def _arrivals(self, records: Sequence[RemoteRecord]) -> list[Arrival]:
        """The records with their entities; those that an earlier run could not exchange are left for later."""
        arrivals = [self._receiver.arrival(record) for record in records]
        if not self._has_failures:
            # A look at nothing costs as much as one at something, and most pulls have no failures at all.
            return arrivals
        ids = [arrival.entity_id for arrival in arrivals if arrival.entity_id]
        failures = self._run.failures.read(*self._run.scope, "pull", ids)
        kept = []
        for arrival in arrivals:
            failure = failures.get(arrival.entity_id or "")
            is_left_for_later = failure is not None and failure.run != self._run.first_try
            if not is_left_for_later or self._by_id is None:
                kept.append(arrival.after(failure))
        return kept


def _after(checkpoint: Mapping[str, Any], page: PullPage) -> dict[str, Any]:
    """The checkpoint past the page, with the greatest time of the service's clock so far."""
    times = [time for time in (checkpoint.get("service_time"), page.service_time) if time]
    moved = {**checkpoint, "service_time": max(times, default=None), "cursor": page.next_cursor}
    return moved if page.next_cursor is not None else {**moved, "phase": "failed", "after": ""}
