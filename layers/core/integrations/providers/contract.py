"""What the engine asks of a service, and what it is told: the same for every service.

A provider is one integration's service with its credentials. It keeps the service's documented limits, retries what
is safe to retry at once, and turns every answer into an outcome or one of the `ServiceError`s (how to recover).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from integrations.domain.integration import Diagnosis


@dataclass(frozen=True, slots=True)
class OutgoingRecord:
    """An entity on its way out. `targets` holds every mapped target with its value, `changed` those to be sent.

    `known` says that the service is remembered to have the record; `expected_revision`, where given, that it may only
    be changed if it still is at that revision.
    """

    entity_id: str
    external_id: str
    remote_type: str
    targets: Mapping[str, Any]
    changed: frozenset[str]
    known: bool = False
    expected_revision: str | None = None


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
    """A record of the service as it is there; mappings' target paths are read from `document`."""

    external_id: str
    remote_type: str
    document: Mapping[str, Any]
    revision: str | None = None
    updated_at: str | None = None


@dataclass(frozen=True, slots=True)
class PullPage:
    """A page of records and the place after it: `next_cursor` is plain JSON, None on the last page.

    `service_time` is the greatest time of the service's own clock among the records, in a form that sorts as text.
    """

    records: tuple[RemoteRecord, ...]
    next_cursor: Mapping[str, Any] | None
    service_time: str | None = None


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
class PullProvider(Provider, Protocol):
    """A service that gives records."""

    def first_cursor(self, watermark: str | None) -> Mapping[str, Any]:
        """Where a run begins: after `watermark` (overlap included), or with None at the very beginning."""

    def pull_page(self, remote_types: Sequence[str], cursor: Mapping[str, Any]) -> PullPage:
        """The records at `cursor`, in the service's order, each at most once a run unless it changed meanwhile."""


@runtime_checkable
class RecordReader(Protocol):
    """A service whose records can be read by id without delay: what was just written is seen."""

    def read_records(self, external_ids: Sequence[str]) -> Mapping[str, RemoteRecord]:
        """The records that exist, by id."""

    def find_record(self, remote_type: str, entity_id: str) -> str | None:
        """The external id of the record that became the entity `entity_id` (an `x-` one), or None."""
