"""What the engine asks of a service, and what it is told: the same for every service.

A provider is one integration's service with its credentials. It keeps the service's documented limits, retries what
is safe to retry at once, and turns every answer into an outcome or one of the `ServiceError`s (how to recover).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

from integrations.domain.integration import Diagnosis


@dataclass(frozen=True, slots=True)
class OutgoingRecord:
    """An entity on its way out. `targets` holds every mapped target with its value, `changed` those to be sent.

    `known` says that the service is remembered to have the record; `expected_revision`, where given, that it may only
    be changed if it still is at that revision. `updated_at` is the entity's, in Unix milliseconds: with `entity_id` it
    names what is sent, also when it is sent again.
    """

    entity_id: str
    external_id: str
    remote_type: str
    targets: Mapping[str, Any]
    changed: frozenset[str]
    known: bool = False
    expected_revision: str | None = None
    updated_at: int = 0


@dataclass(frozen=True, slots=True)
class Accepted:
    """The service has the record now, at `revision` where it has such a thing."""

    entity_id: str
    revision: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """The service refused this record, for this `message`; `transient` if the same record may be taken later."""

    entity_id: str
    code: str
    message: str
    transient: bool = False


@dataclass(frozen=True, slots=True)
class Stale:
    """Not applied: the record isn't what was remembered (other revision, or missing). Read it back and decide anew."""

    entity_id: str


PushOutcome = Accepted | Rejected | Stale


@dataclass(frozen=True, slots=True)
class RemoteRecord:
    """A record of the service as it is there; mappings' target paths are read from `document`.

    Some services know one record by several ids: `aliases` are the others, and `id_key` is the document's key that
    holds the id.
    """

    external_id: str
    remote_type: str
    document: Mapping[str, Any]
    revision: str | None = None
    updated_at: str | None = None
    aliases: tuple[str, ...] = ()
    id_key: str = ""

    def known_as(self, external_id: str) -> "RemoteRecord":
        """The record under another of its ids."""
        if external_id == self.external_id:
            return self
        return replace(self, external_id=external_id, document={**self.document, self.id_key: external_id})


@dataclass(frozen=True, slots=True)
class Notice:
    """What the user has to know of a pull beside its records; `key` makes it one line of the job's log, however often
    the page is read."""

    key: str
    message: str


@dataclass(frozen=True, slots=True)
class PullPage:
    """A page of records and the place after it: `next_cursor` is plain JSON, None on the last page.

    `service_time` is the greatest time of the service's own clock among the records, in a form that sorts as text; None
    where the service has no change feed, so that every pull is a full one.
    """

    records: tuple[RemoteRecord, ...]
    next_cursor: Mapping[str, Any] | None
    service_time: str | None = None
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """How much one `push_batch` takes; sizes are what `measure` says, in bytes."""

    records_maximum: int
    bytes_maximum: int


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """The outcome of one authenticated call: `latency_ms` is its round trip, or the time until it failed.

    `refused` is true only if the service refused the credentials: that, not a time-out, is the integration's error.
    """

    connected: bool
    latency_ms: int
    refused: bool = False
    diagnosis: Diagnosis | None = None


class Provider(Protocol):
    """One integration's service. Raises `ServiceError`s only."""

    canonical_address: str
    """Names the place the records live in (host, project, dataset); part of the identity of what is pulled from it."""
    settling_ms: int
    """How long the service may go on answering with values that were already replaced."""

    def check(self) -> ConnectionReport:
        """Makes one authenticated call, and more for the diagnosis; 10 seconds for all of them. Never raises."""

    def close(self) -> None:
        """Lets go of connections."""


@runtime_checkable
class PushProvider(Provider, Protocol):
    """A service that takes records."""

    batch_limits: BatchLimits

    def measure(self, record: OutgoingRecord) -> int:
        """The bytes that the record adds to a batch."""

    def push_batch(self, records: Sequence[OutgoingRecord], job_id: str) -> Sequence[PushOutcome]:
        """Sends the records; one outcome each, in their order. No records: no call.

        Raises `OutcomeUnknown` when no answer came to something that may have been applied, the other `ServiceError`s
        when nothing of the batch was."""


@runtime_checkable
class KeyedByContent(Protocol):
    """A service that knows its records by a value of theirs (an address, a user id), not by an id that we choose."""

    def key_of(self, remote_type: str, targets: Mapping[str, Any]) -> str | None:
        """The external id that these mapped targets give a record; None where the type takes the id of ours. Raises
        `RecordRejected` where they give none."""


@runtime_checkable
class PartlyReadOnly(Protocol):
    """A service that takes only some of its types."""

    def takes(self, remote_type: str) -> bool:
        """Whether records of the type can be pushed."""


@runtime_checkable
class PullProvider(Provider, Protocol):
    """A service that lists its records."""

    def first_cursor(self, watermark: str | None) -> Mapping[str, Any]:
        """Where a run begins: after `watermark` (overlap included), or with None at the very beginning."""

    def pull_page(self, remote_types: Sequence[str], cursor: Mapping[str, Any]) -> PullPage:
        """The records at `cursor`, in the service's order, each at most once a run unless it changed meanwhile."""


@runtime_checkable
class RecordLookup(Protocol):
    """A service whose records can be read by id. One that is no `PullProvider` but `KeyedByContent` is pulled by
    looking up the record of each entity."""

    ids_per_lookup: int
    """How many ids one `read_records` takes, so that it ends within `call_seconds_maximum`."""

    def read_records(self, external_ids: Sequence[str]) -> Mapping[str, RemoteRecord]:
        """The records that exist, by the id they were asked for. No ids: no call."""


@runtime_checkable
class RecordReader(RecordLookup, Protocol):
    """A service that shows at once what was just written: a push can see the other side."""

    def find_record(self, remote_type: str, entity_id: str) -> str | None:
        """The external id of the record that became the entity `entity_id` (an `x-` one), or None."""


class Figures(Protocol):
    """The sum of what was measured of one page."""

    def add(self, document: Mapping[str, Any]) -> None:
        """Adds a record's figures, in whatever order records come."""

    def document(self) -> Mapping[str, Any]:
        """The figures as mappings read them; zeros where nothing was added."""


@runtime_checkable
class MeasuringProvider(Provider, Protocol):
    """A service that measures pages, for `match`."""

    def first_figures_cursor(self) -> Mapping[str, Any]:
        """Where reading the window's figures begins."""

    def figures_page(self, cursor: Mapping[str, Any]) -> PullPage:
        """Records at `cursor`: each has the match's target in its document, and what was measured of it."""

    def figures_of(self, name: str) -> Figures:
        """An empty sum for the page that the service calls `name`."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """The service doesn't have the record, or doesn't have it any more."""

    external_id: str


@dataclass(frozen=True, slots=True)
class DeleteRefused:
    """The service keeps this record, for this `message`; `transient` if it may go later."""

    external_id: str
    code: str
    message: str
    transient: bool = False


DeleteOutcome = Deleted | DeleteRefused


@runtime_checkable
class DeletingProvider(Protocol):
    """A service whose records can be deleted."""

    ids_per_delete: int
    """How many ids one `delete_batch` takes, so that it ends within `call_seconds_maximum`."""

    def delete_batch(self, external_ids: Sequence[str], job_id: str) -> Sequence[DeleteOutcome]:
        """Deletes the records; one outcome each, in their order. A record that isn't there is `Deleted`, so the same
        batch may be sent again whatever became of it. No ids: no call. Raises `ServiceError`s."""


@runtime_checkable
class IdSweep(Protocol):
    """A service in which it can be proved that a record is gone."""

    def swept_ids(self, remote_type: str) -> frozenset[str]:
        """The ids of all records of the type; it may lag behind them. Complete, or it raises a `ServiceError`."""

    def existing_ids(self, external_ids: Sequence[str]) -> frozenset[str]:
        """Those of the ids that are there this moment in any form, unpublished ones included. At most 100 at once."""


@runtime_checkable
class Foreseeing(Protocol):
    """A service of which some refusals are known without sending anything."""

    def refusal_of(self, record: OutgoingRecord, there: RemoteRecord | None) -> Rejected | None:
        """Why the record would be refused, where that can be told from it and from what is `there`. Makes no call."""


@dataclass(frozen=True, slots=True)
class ServiceField:
    """A field that mappings can have for a target; `type` is `string`, `number`, `boolean`, `date`, `object`, `array`
    or `unknown`."""

    path: str
    type: str


@runtime_checkable
class FieldListing(Protocol):
    """A service that can say which fields it has."""

    def fields(self) -> Sequence[ServiceField]:
        """The fields, each path once. Raises `ServiceError`s."""
