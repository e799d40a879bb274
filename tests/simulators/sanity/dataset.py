"""The dataset as the API works on it: mutate, query, read by id; and what admin routes do to it."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.simulators.clock import AdjustableClock
from tests.simulators.sanity.editing import edit_operation, seeded_document
from tests.simulators.sanity.errors import FailedItem, MutationFailed, Refused, described, mutation_error
from tests.simulators.sanity.identifiers import IdentifierSequence
from tests.simulators.sanity.index import Document
from tests.simulators.sanity.mutations import MutateRequest, Operation
from tests.simulators.sanity.perspectives import reader
from tests.simulators.sanity.queries import answer_query
from tests.simulators.sanity.store import DocumentStore
from tests.simulators.sanity.switches import SanitySwitches
from tests.simulators.sanity.timestamps import timestamp_text
from tests.simulators.sanity.transactions import Transaction
from tests.simulators.sanity.webhooks import Commit


@dataclasses.dataclass(frozen=True, slots=True)
class MutateOptions:
    """The flags of a mutate request's URL that matter to what is stored."""

    visibility: str = "sync"
    dry_run: bool = False
    generate_array_keys: bool = False


class Dataset:
    """One dataset. Methods take the switches in force; each holds the store's lock while it works."""

    def __init__(self, clock: AdjustableClock, announce: Callable[[Commit], None]) -> None:
        self.store = DocumentStore()
        self.identifiers = IdentifierSequence()
        self._clock = clock
        self._announce = announce

    def mutate(self, request: MutateRequest, options: MutateOptions, switches: SanitySwitches) -> Transaction:
        """Runs a transaction, and commits it unless it is a dry run. Raises `Refused` if any mutation fails."""
        if request.failed:
            raise Refused(self._failure(request.failed, switches))
        with self.store.lock:
            transaction_id = request.transaction_id or self._unused_transaction_id()
            if self.store.was_used(transaction_id):
                description = f'Transaction with ID "{transaction_id}" already exists'
                raise Refused(
                    described(409, "transactionAlreadyExistsError", description, transactionId=transaction_id)
                )
            return self._run(transaction_id, request.operations, options, switches)

    def query(
        self, query: str, parameters: Mapping[str, Any], perspective: str, switches: SanitySwitches, *, with_token: bool
    ) -> Any:
        """The query's result from the index as it shows now. Raises `Refused`."""
        with self.store.lock:
            index = self.store.index(self._clock.timestamp())
            return answer_query(query, parameters, reader(index, perspective, with_token=with_token), switches)

    def edit(self, value: Mapping[str, Any], switches: SanitySwitches) -> Document | None:
        """Changes a document as an editor would, visible to queries only after the lag; returns it."""
        with self.store.lock:
            try:
                operation = edit_operation(value)
            except MutationFailed as failure:
                raise Refused(self._failure([FailedItem(0, failure)], switches)) from failure
            self._run(self._unused_transaction_id(), (operation,), MutateOptions(visibility="async"), switches)
            return self.store.get(operation.document_id or "")

    def seed(self, documents: Sequence[Any], switches: SanitySwitches) -> int:
        """Stores documents as they are, visible at once; returns how many."""
        timestamp = timestamp_text(self._clock.now(), switches)
        seeded = [seeded_document(document, timestamp, self.identifiers) for document in documents]
        self.store.load(seeded)
        return len(seeded)

    def _run(
        self,
        transaction_id: str,
        operations: tuple[Operation, ...],
        options: MutateOptions,
        switches: SanitySwitches,
    ) -> Transaction:
        moment = self.store.commit_moment(self._clock.now())
        transaction = Transaction(
            self.store,
            switches,
            self.identifiers,
            transaction_id,
            timestamp_text(moment, switches),
            options.generate_array_keys,
        )
        transaction.apply(operations)
        if transaction.failed:
            raise Refused(self._failure(transaction.failed, switches))
        if not options.dry_run:
            visible_at = self._visible_at(options.visibility, switches)
            changes = {id: (self.store.get(id), after) for id, after in transaction.changes.items()}
            self.store.commit(transaction_id, moment, transaction.changes, visible_at)
            self._announce(Commit(transaction_id, transaction.timestamp, changes))
        return transaction

    def _visible_at(self, visibility: str, switches: SanitySwitches) -> float | None:
        at_once = visibility == "sync" and not switches.lag_ignores_sync
        return None if at_once or not switches.lag_seconds else self._clock.timestamp() + switches.lag_seconds

    def _unused_transaction_id(self) -> str:
        transaction_id = self.identifiers.next()
        while self.store.was_used(transaction_id):
            transaction_id = self.identifiers.next()
        return transaction_id

    def _failure(self, failed: Sequence[FailedItem], switches: SanitySwitches) -> Any:
        reported = failed if switches.report_all_errors else failed[:1]
        return mutation_error(reported, with_indexes=switches.report_error_indexes)
