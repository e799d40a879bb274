"""A batch on its way into Sanity: as few transactions as possible, and one outcome for each record.

A transaction is all or nothing, so one bad document refuses its whole request. Documents that the refusal names are
settled and the rest is sent again under a new transaction id; where none is named, halves are tried.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from integrations.domain.errors import OutcomeUnknown, RetryLater
from integrations.providers.contract import Accepted, OutgoingRecord, PushOutcome, Rejected, RemoteRecord, Stale
from integrations.providers.refusals import Recovery
from integrations.providers.sanity.client import MUTATE_BYTES_MAXIMUM, SanityClient
from integrations.providers.sanity.documents import (
    ENVELOPE_BYTES,
    PreparedRecord,
    leads_into_array,
    prepare,
    transaction_body,
    transaction_id,
)
from integrations.providers.sanity.errors import STALE_KINDS, TRANSIENT_KINDS, FaultItem, SanityFault
from integrations.providers.sanity.transactions import applied

REQUEST_BYTES_MAXIMUM = 1_000_000
"""What a request of several documents holds at most; a single one may use all that the service takes."""

ReadDocuments = Callable[[Sequence[str], float], Mapping[str, RemoteRecord]]


@dataclass(frozen=True, slots=True)
class _Group:
    """Records of one transaction; `repeated` if some of its batch were refused before."""

    records: tuple[PreparedRecord, ...]
    repeated: bool = False

    def halves(self) -> list["_Group"]:
        middle = len(self.records) // 2
        return [_Group(self.records[:middle], repeated=True), _Group(self.records[middle:], repeated=True)]


class BatchPush:
    """One batch, sent once. `read` reads documents by id, without delay; `measured` are records that were prepared to
    learn their size, by document id."""

    def __init__(
        self,
        client: SanityClient,
        read: ReadDocuments,
        job_id: str,
        deadline: float,
        measured: Mapping[str, PreparedRecord] | None = None,
    ) -> None:
        self._client = client
        self._read = read
        self._job_id = job_id
        self._deadline = deadline
        self._measured = measured or {}
        self._records: list[PreparedRecord] = []
        self._outcomes: dict[int, PushOutcome] = {}
        self._transactions: set[str] = set()
        self._has_looked = False
        self._is_applied = False

    def send(self, records: Sequence[OutgoingRecord]) -> list[PushOutcome]:
        """One outcome a record, in their order. Raises `OutcomeUnknown` where any of it may have been applied, other
        `ServiceError`s where nothing was."""
        self._prepare(records)
        waiting = deque(_packed([prepared for prepared in self._records if prepared.mutations]))
        for prepared in self._records:
            if not prepared.mutations:
                self._settle(prepared, Accepted(prepared.record.entity_id, prepared.record.expected_revision))
        while waiting:
            group = waiting.popleft()
            left = tuple(prepared for prepared in group.records if prepared.position not in self._outcomes)
            if left:
                waiting.extendleft(reversed(self._send(_Group(left, group.repeated))))
        return [self._outcomes[position] for position in range(len(records))]

    def _prepare(self, records: Sequence[OutgoingRecord]) -> None:
        with_arrays = [record.external_id for record in records if leads_into_array(record)]
        current = self._read(with_arrays, self._deadline) if with_arrays else {}
        for position, record in enumerate(records):
            prepared = self._prepared(position, record, current.get(record.external_id))
            if isinstance(prepared, Rejected):
                self._outcomes[position] = prepared
            elif (refusal := oversize(prepared)) is not None:
                self._outcomes[position] = refusal
            else:
                self._records.append(prepared)

    def _prepared(
        self, position: int, record: OutgoingRecord, current: RemoteRecord | None
    ) -> PreparedRecord | Rejected:
        measured = self._measured.get(record.external_id)
        if current is None and measured is not None and measured.record is record:
            return replace(measured, position=position)
        return prepare(position, record, current)

    def _send(self, group: _Group) -> list[_Group]:
        """Sends a group; what has to be sent next."""
        transaction = transaction_id(self._job_id, group.records)
        try:
            result = self._transact(transaction, group)
            if isinstance(result, SanityFault):
                return self._after(result, transaction, group)
        except RetryLater as error:
            raise self._truthful(error) from None
        self._is_applied = True
        for prepared in group.records:
            self._settle(prepared, Accepted(prepared.record.entity_id, result))
        return []

    def _transact(self, transaction: str, group: _Group) -> str | SanityFault:
        self._transactions.add(transaction)
        return applied(self._client, transaction_body(transaction, group.records), self._deadline)

    def _after(self, fault: SanityFault, transaction: str, group: _Group) -> list[_Group]:
        match fault.recovery:
            case Recovery.ALREADY_APPLIED:
                self._look_after(transaction, group)
                return []
            case Recovery.SMALLER if len(group.records) > 1:
                return group.halves()
            case Recovery.SMALLER:
                self._reject(group.records[0], FaultItem(0, fault.rule.code, fault.rule.message))
                return []
            case Recovery.RECORDS:
                return self._without_refused(fault, group)
        raise fault.error(changes=True)

    def _look_after(self, transaction: str, group: _Group) -> None:
        """The transaction was applied before: what still is at it is done, what moved on since is looked at anew."""
        self._is_applied = True
        current = self._read([prepared.record.external_id for prepared in group.records], self._deadline)
        for prepared in group.records:
            there = current.get(prepared.record.external_id)
            is_done = there is not None and there.revision == transaction
            entity_id = prepared.record.entity_id
            self._settle(prepared, Accepted(entity_id, transaction) if is_done else Stale(entity_id))

    def _without_refused(self, fault: SanityFault, group: _Group) -> list[_Group]:
        kinds = {fault.kind, *(item.kind for item in fault.items)}
        is_unexplained = not fault.items or any(_may_be_missing(prepared) for prepared in group.records)
        if STALE_KINDS & kinds or is_unexplained:
            self._settle_stale()
        for prepared, item in _named(fault, group):
            if prepared.position not in self._outcomes:
                self._refuse(prepared, item)
        left = tuple(prepared for prepared in group.records if prepared.position not in self._outcomes)
        if not left:
            return []
        rest = _Group(left, repeated=True)
        if len(left) < len(group.records) and not group.repeated:
            return [rest]
        if len(left) > 1:
            return rest.halves()
        if len(group.records) > 1:
            return [rest]
        item = fault.items[0] if fault.items else FaultItem(0, fault.kind or fault.rule.code, fault.detail)
        self._refuse(left[0], item)
        return []

    def _settle_stale(self) -> None:
        """The refusal may name one of many: a look at all that were expected somewhere saves a request for each."""
        if self._has_looked:
            return
        self._has_looked = True
        known = [p for p in self._records if p.record.known and p.position not in self._outcomes]
        current = self._read([prepared.record.external_id for prepared in known], self._deadline)
        for prepared in known:
            record, there = prepared.record, current.get(prepared.record.external_id)
            if there is None:
                self._settle(prepared, Stale(record.entity_id))
            elif there.revision in self._transactions:
                self._settle(prepared, Accepted(record.entity_id, there.revision))
            elif record.expected_revision not in (None, there.revision):
                self._settle(prepared, Stale(record.entity_id))

    def _refuse(self, prepared: PreparedRecord, item: FaultItem) -> None:
        if item.kind in STALE_KINDS:
            self._settle(prepared, Stale(prepared.record.entity_id))
        else:
            self._reject(prepared, item)

    def _reject(self, prepared: PreparedRecord, item: FaultItem) -> None:
        transient = item.kind in TRANSIENT_KINDS
        message = item.message or "Sanity refused the document without saying why"
        self._settle(prepared, Rejected(prepared.record.entity_id, item.kind, message, transient=transient))

    def _settle(self, prepared: PreparedRecord, outcome: PushOutcome) -> None:
        self._outcomes[prepared.position] = outcome

    def _truthful(self, error: RetryLater) -> RetryLater:
        """The failure, which is of unknown outcome once a part of the batch was applied."""
        if not self._is_applied or isinstance(error, OutcomeUnknown):
            return error
        return OutcomeUnknown(error.message, retry_after_seconds=error.retry_after_seconds, code=error.code)


def oversize(prepared: PreparedRecord) -> Rejected | None:
    """The refusal of a record that no request can hold."""
    if prepared.size_bytes + ENVELOPE_BYTES <= MUTATE_BYTES_MAXIMUM:
        return None
    message = f"{prepared.size_bytes:,} bytes; Sanity takes {MUTATE_BYTES_MAXIMUM:,} a request"
    return Rejected(prepared.record.entity_id, "payload_too_large", message)


def _may_be_missing(prepared: PreparedRecord) -> bool:
    """A patch alone fails when its document is gone; by which error is documented nowhere."""
    return prepared.record.known and prepared.record.expected_revision is None


def _named(fault: SanityFault, group: _Group) -> Iterable[tuple[PreparedRecord, FaultItem]]:
    """The records that the refusal names by the index of a mutation."""
    owners = [prepared for prepared in group.records for _ in prepared.mutations]
    for item in fault.items:
        if item.index is not None and 0 <= item.index < len(owners):
            yield owners[item.index], item


def _packed(records: Iterable[PreparedRecord]) -> Iterable[_Group]:
    """Groups that keep a request's limit; a record beyond it goes alone."""
    group: list[PreparedRecord] = []
    size = ENVELOPE_BYTES
    for prepared in records:
        if group and size + prepared.size_bytes > REQUEST_BYTES_MAXIMUM:
            yield _Group(tuple(group))
            group, size = [], ENVELOPE_BYTES
        group.append(prepared)
        size += prepared.size_bytes
    if group:
        yield _Group(tuple(group))
