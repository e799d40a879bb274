"""A content service in memory that keeps the provider contract, with revisions, a late index and faults."""

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.domain.errors import OutcomeUnknown
from integrations.domain.identity import entity_id_of_record
from integrations.mapping.paths import parse_path, write_path
from integrations.providers.contract import (
    Accepted,
    BatchLimits,
    ConnectionReport,
    Deleted,
    DeleteOutcome,
    DeleteRefused,
    OutgoingRecord,
    PullPage,
    PushOutcome,
    Rejected,
    RemoteRecord,
    Stale,
)

PAGE_SIZE = 3


@dataclass(slots=True)
class Version:
    """A document at one time; `at` is the service's own clock."""

    document: dict[str, Any]
    revision: str
    at: int


@dataclass
class FakeService:
    """`PushProvider`, `PullProvider`, `RecordReader`, `DeletingProvider` and `IdSweep`. `lag_ms` is how late pages see
    a change; `faults` are raised, or called, one before each batch; `lose_answers` applies a batch and says nothing."""

    clock: Callable[[], int]
    lag_ms: int = 0
    documents: dict[str, list[Version]] = field(default_factory=dict)
    batches: list[list[OutgoingRecord]] = field(default_factory=list)
    reads: int = 0
    faults: list[Exception | None] = field(default_factory=list)
    lose_answers: int = 0
    poisoned: set[str] = field(default_factory=set)
    batch_limits: BatchLimits = field(default_factory=lambda: BatchLimits(4, 100_000))
    canonical_address: str = "fake"
    ids_per_lookup: int = 100
    settling_ms: int = 60_000
    revisions: int = 0
    ids_per_delete: int = 3
    deletes: list[list[str]] = field(default_factory=list)
    referred_to: set[str] = field(default_factory=set)
    drafts: set[str] = field(default_factory=set)

    def check(self) -> ConnectionReport:
        return ConnectionReport(connected=True, latency_ms=1)

    def close(self) -> None:
        return None

    def measure(self, record: OutgoingRecord) -> int:
        return len(json.dumps({target: record.targets[target] for target in record.changed}))

    def push_batch(self, records: Sequence[OutgoingRecord], job_id: str) -> Sequence[PushOutcome]:
        self.batches.append(list(records))
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        outcomes = [self._push(record) for record in records]
        if self.lose_answers:
            self.lose_answers -= 1
            raise OutcomeUnknown("no answer in time")
        return outcomes

    def _push(self, record: OutgoingRecord) -> PushOutcome:
        if record.entity_id in self.poisoned:
            return Rejected(record.entity_id, "validation", "not a valid document")
        current = self.now(record.external_id)
        if record.expected_revision is not None and (not current or current.revision != record.expected_revision):
            return Stale(record.entity_id)
        if current is None and record.known:
            return Stale(record.entity_id)
        document = current.document if current else {"_type": record.remote_type}
        for target in record.changed:
            document = write_path(document, parse_path(target), record.targets[target])
        return Accepted(record.entity_id, self.put(record.external_id, document))

    def first_cursor(self, watermark: str | None) -> Mapping[str, Any]:
        since = int(watermark) - self.settling_ms if watermark else 0
        return {"since": since, "after": ""}

    def pull_page(self, remote_types: Sequence[str], cursor: Mapping[str, Any]) -> PullPage:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        place = (cursor["since"], cursor["after"])
        seen = sorted(
            (version.at, external_id, version)
            for external_id in self.documents
            if (version := self._indexed(external_id)) and version.document["_type"] in remote_types
            if version.at > place[0] or (version.at == place[0] and external_id > place[1])
        )
        page = seen[:PAGE_SIZE]
        records = tuple(self._record(external_id, version) for _, external_id, version in page)
        is_last = len(page) < PAGE_SIZE
        cursor = {} if is_last else {"since": page[-1][0], "after": page[-1][1]}
        time = f"{page[-1][0]:015d}" if page else None
        return PullPage(records, None if is_last else cursor, time)

    def read_records(self, external_ids: Sequence[str]) -> Mapping[str, RemoteRecord]:
        self.reads += bool(external_ids)
        found = {external_id: self.now(external_id) for external_id in external_ids}
        return {external_id: self._record(external_id, version) for external_id, version in found.items() if version}

    def find_record(self, remote_type: str, entity_id: str) -> str | None:
        for external_id in self.documents:
            if entity_id_of_record("sanity", self.canonical_address, remote_type, external_id) == entity_id:
                return external_id
        return None

    def delete_batch(self, external_ids: Sequence[str], job_id: str) -> Sequence[DeleteOutcome]:
        self.deletes.append(list(external_ids))
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        return [self._delete(external_id) for external_id in external_ids]

    def _delete(self, external_id: str) -> DeleteOutcome:
        if external_id in self.referred_to:
            return DeleteRefused(external_id, "referred", "others refer to it", transient=True)
        self.documents.pop(external_id, None)
        return Deleted(external_id)

    def swept_ids(self, remote_type: str) -> frozenset[str]:
        return frozenset(name for name in self.documents if self._indexed(name))

    def existing_ids(self, external_ids: Sequence[str]) -> frozenset[str]:
        return frozenset(name for name in external_ids if name in self.documents or name in self.drafts)

    def put(self, external_id: str, document: Mapping[str, Any]) -> str:
        """Writes a document as anybody would; its new revision."""
        self.revisions += 1
        version = Version(copy.deepcopy(dict(document)), f"r{self.revisions}", self.clock())
        self.documents.setdefault(external_id, []).append(version)
        return version.revision

    def edit(self, external_id: str, **changes: object) -> None:
        """What an editor does in the service's own user interface."""
        version = self.now(external_id)
        assert version is not None
        self.put(external_id, {**version.document, **changes})

    def now(self, external_id: str) -> Version | None:
        """The document as it is, whatever the index knows."""
        versions = self.documents.get(external_id)
        return versions[-1] if versions else None

    def _indexed(self, external_id: str) -> Version | None:
        visible = [version for version in self.documents[external_id] if version.at + self.lag_ms <= self.clock()]
        return visible[-1] if visible else None

    def _record(self, external_id: str, version: Version) -> RemoteRecord:
        return RemoteRecord(
            external_id, version.document["_type"], copy.deepcopy(version.document), version.revision, str(version.at)
        )
