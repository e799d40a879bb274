"""A pull of figures: what a service measured of pages lands on the entities that are these pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.domain.errors import RecordRejected
from integrations.domain.identity import entity_id_of_record
from integrations.domain.integration import PageMatch
from integrations.domain.link import Failure
from integrations.providers.contract import MeasuringProvider, RemoteRecord
from integrations.sync.arrival import Arrival
from integrations.sync.figures import Measured, measure
from integrations.sync.ledger import Effects
from integrations.sync.portions import portions
from integrations.sync.receiving import Receiver
from integrations.sync.run import RECORDS_PER_READ, Run


class FiguresPull:
    """One slice of a pull job with `match`. `work` returns True when there is nothing left to do.

    Sums can't be resumed half way, so every slice reads the window anew; what it writes is saved entity by entity."""

    def __init__(self, run: Run, provider: MeasuringProvider, match: PageMatch) -> None:
        self._run = run
        self._provider = provider
        self._match = match
        self._receiver = Receiver(run, provider)

    def work(self, checkpoint: Mapping[str, Any]) -> bool:
        """Reads all figures and writes those of the entities after the checkpoint. Raises `ServiceError`s, `LeaseLost`,
        `JobCancelled`; what was settled by then is saved."""
        measured = measure(self._run, self._provider, self._match)
        if checkpoint["phase"] == "records":
            checkpoint = {**checkpoint, "phase": "figures", "after": ""}
            self._settle_ownerless(measured, checkpoint)
        if checkpoint["phase"] == "figures":
            records = self._records(measured)
            todo = [entity_id for entity_id in sorted(records) if entity_id > checkpoint["after"]]
            if not self._write(todo, records, checkpoint):
                return False
            checkpoint = {**checkpoint, "phase": "outlived", "after": ""}
        self._forget_outlived_failures(checkpoint)
        return True

    def _settle_ownerless(self, measured: Measured, checkpoint: Mapping[str, Any]) -> None:
        """Pages that are no entity's are counted, pages that two entities claim are failures that name both."""
        effects = Effects(completed=len(measured.nobodys), notices=list(measured.notices.values()))
        for page, claims in sorted(measured.contested.items()):
            effects.failed.append(self._contested(page, claims))
        self._run.ledger.commit(effects, checkpoint, 0)

    def _contested(self, page: str, claims: Sequence[str]) -> Failure:
        (remote_type,) = self._run.entity_types.values()
        scope = (self._run.integration.type, self._provider.canonical_address, remote_type, page)
        message = f"{page} is the page of {' and of '.join(claims)}: correct {self._match.source} of all but one"
        error = RecordRejected(message, code="page_claimed_twice")
        return self._run.failure(entity_id_of_record(*scope), error, "", self._run.first_try, transient=True)

    def _records(self, measured: Measured) -> dict[str, RemoteRecord]:
        """The figures as records by entity; zeros for entities that had some before."""
        contested = {entity_id for claims in measured.contested.values() for entity_id in claims}
        names = {
            entity_id: name
            for name, entity_id in self._run.links.external_ids(*self._run.scope)
            if entity_id not in measured.pages and entity_id not in contested
        }
        records = {entity_id: self._record(name, {}) for entity_id, name in names.items()}
        for entity_id, page in measured.pages.items():
            records[entity_id] = self._record(page.name, page.figures.document())
        return records

    def _record(self, name: str, document: Mapping[str, Any]) -> RemoteRecord:
        (remote_type,) = self._run.entity_types.values()
        figures = document or self._provider.figures_of(name).document()
        return RemoteRecord(name, remote_type, {**figures, self._match.target: name})

    def _write(
        self, entity_ids: Sequence[str], records: Mapping[str, RemoteRecord], checkpoint: Mapping[str, Any]
    ) -> bool:
        ahead = len(entity_ids)
        for ids, is_poison in portions(self._run.ledger, entity_ids, RECORDS_PER_READ, str):
            self._run.ledger.keep_alive(self._run.call_seconds_maximum)
            effects = Effects(tried=len(ids))
            failures = self._run.failures.read(*self._run.scope, "pull", ids)
            arrivals = [
                Arrival(records[entity_id], entity_id, failures.get(entity_id), may_create=False) for entity_id in ids
            ]
            self._receiver.receive(arrivals, effects, may_lag=False, is_poison=is_poison)
            ahead -= len(ids)
            self._run.ledger.commit(effects, {**checkpoint, "after": ids[-1]}, ahead)
            if not self._run.has_time():
                return ahead == 0
        return True

    def _forget_outlived_failures(self, checkpoint: Mapping[str, Any]) -> None:
        """Every page was looked at, so a failure of an earlier run that didn't come back is none any more."""
        after = checkpoint["after"]
        while page := self._run.failures.page(*self._run.scope, "pull", after, RECORDS_PER_READ):
            after = page[-1].record_id
            cleared = [failure for failure in page if failure.run != self._run.first_try]
            self._run.ledger.commit(Effects(cleared=cleared), {**checkpoint, "after": after}, 0)
            if len(page) < RECORDS_PER_READ:
                return
