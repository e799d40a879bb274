"""Services in memory that know their records by content: contacts that can't be listed, persons that can."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.domain.errors import RecordRejected
from integrations.providers.contract import (
    Accepted,
    BatchLimits,
    ConnectionReport,
    OutgoingRecord,
    PullPage,
    PushOutcome,
    RemoteRecord,
)

PAGE_SIZE = 3


@dataclass
class FakeContacts:
    """`PushProvider`, `KeyedByContent` and `RecordLookup`: contacts by address."""

    contacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    batches: list[list[OutgoingRecord]] = field(default_factory=list)
    lookups: list[list[str]] = field(default_factory=list)
    batch_limits: BatchLimits = field(default_factory=lambda: BatchLimits(4, 100_000))
    canonical_address: str = "fake"
    settling_ms: int = 0
    ids_per_lookup: int = 2

    def check(self) -> ConnectionReport:
        return ConnectionReport(connected=True, latency_ms=1)

    def close(self) -> None:
        return None

    def measure(self, record: OutgoingRecord) -> int:
        return len(record.changed)

    def key_of(self, remote_type: str, targets: Mapping[str, Any]) -> str | None:
        if remote_type == "note":
            return None
        if not targets.get("email"):
            raise RecordRejected("a contact needs an email", code="key_missing")
        return str(targets["email"])

    def takes(self, remote_type: str) -> bool:
        return remote_type != "visit"

    def push_batch(self, records: Sequence[OutgoingRecord], job_id: str) -> Sequence[PushOutcome]:
        self.batches.append(list(records))
        for record in records:
            sent = {target: record.targets[target] for target in record.changed}
            self.contacts.setdefault(record.external_id, {"email": record.external_id}).update(sent)
        return [Accepted(record.entity_id) for record in records]

    def read_records(self, external_ids: Sequence[str]) -> Mapping[str, RemoteRecord]:
        if external_ids:
            self.lookups.append(list(external_ids))
        known = [external_id for external_id in external_ids if external_id in self.contacts]
        return {key: RemoteRecord(key, "contact", dict(self.contacts[key])) for key in known}


@dataclass
class FakePersons(FakeContacts):
    """The same, and `PullProvider`: `ids` are all ids of each person, by the first of them."""

    ids: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def first_cursor(self, watermark: str | None) -> Mapping[str, Any]:
        return {"start": 0}

    def pull_page(self, remote_types: Sequence[str], cursor: Mapping[str, Any]) -> PullPage:
        start = cursor["start"]
        names = sorted(self.contacts)[start : start + PAGE_SIZE]
        records = tuple(self._person(name) for name in names)
        return PullPage(records, {"start": start + PAGE_SIZE} if names else None)

    def _person(self, name: str) -> RemoteRecord:
        first, *others = self.ids.get(name, (name,))
        document = {**self.contacts[name], "email": first}
        return RemoteRecord(first, "contact", document, aliases=tuple(others), id_key="email")
