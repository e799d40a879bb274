"""What the engine needs from the outside: stores, queue, clock. All of it can be a fake."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from integrations.domain.entity import Entity, EntityStamp
from integrations.domain.integration import Integration, IntegrationStatus, StatusReason, Watermark
from integrations.domain.job import Direction, Job, Lease, LogEntry
from integrations.domain.line import Finish as Finish
from integrations.domain.line import IdempotencyKey as IdempotencyKey
from integrations.domain.line import NextDue as NextDue
from integrations.domain.link import Failure, Link
from integrations.providers.contract import Provider


class Clock(Protocol):
    """The time in Unix milliseconds."""

    def __call__(self) -> int:
        """Now."""


class Entities(Protocol):
    """The platform's entity store."""

    def stamps(self, project_id: str, entity_type_id: str, after_id: str, limit: int) -> Sequence[EntityStamp]:
        """The next stamps by id, archived ones too; fewer than `limit` means the end. May lag by moments."""

    def stamps_updated_since(
        self, project_id: str, entity_type_id: str, since_ms: int, after: tuple[int, str] | None, limit: int
    ) -> Sequence[EntityStamp]:
        """The next stamps by (updated_at, id) with updated_at ≥ `since_ms`, after the place `after`."""

    def read(self, project_id: str, entity_type_id: str, ids: Iterable[str]) -> Mapping[str, Entity]:
        """Those of the entities that exist, as they are now, by id."""

    def read_of_types(self, project_id: str, ids: Mapping[str, Iterable[str]]) -> Mapping[str, Entity]:
        """The same for entities of several types: `ids` by type."""

    def create(self, project_id: str, entity: Entity) -> bool:
        """False if there is one with that id already. Raises `RecordRejected` (`entity_too_large`)."""

    def replace(self, project_id: str, entity: Entity, expected_updated_at: int) -> bool:
        """False if it was changed since it was read at `expected_updated_at`. Raises `RecordRejected`."""


class Links(Protocol):
    """The memory of the exchange. Written without condition: a fenced checkpoint makes late writers harmless."""

    def between(self, project_id: str, integration_id: str, after_id: str, through_id: str) -> Mapping[str, Link]:
        """The links with after_id < entity id ≤ through_id, by entity id. May lag by moments."""

    def read(self, project_id: str, integration_id: str, entity_ids: Iterable[str]) -> Mapping[str, Link]:
        """Those of the links that exist, as they are now, by entity id."""

    def external_ids(self, project_id: str, integration_id: str) -> Iterator[tuple[str, str]]:
        """(external id, entity id) of every link, by entity id. May lag by moments."""

    def write(self, project_id: str, integration_id: str, links: Sequence[Link]) -> None:
        """Keeps the links."""


class Failures(Protocol):
    """Records that could not be exchanged, by integration and direction."""

    def between(
        self, project_id: str, integration_id: str, direction: Direction, after_id: str, through_id: str
    ) -> Mapping[str, Failure]:
        """The failures with after_id < record id ≤ through_id."""

    def page(
        self, project_id: str, integration_id: str, direction: Direction, after_id: str, limit: int
    ) -> Sequence[Failure]:
        """The next failures by record id; fewer than `limit` means the end."""

    def read(
        self, project_id: str, integration_id: str, direction: Direction, record_ids: Iterable[str]
    ) -> Mapping[str, Failure]:
        """Those of the failures that exist, by record id."""

    def write(self, project_id: str, integration_id: str, direction: Direction, failures: Sequence[Failure]) -> None:
        """Keeps the failures, replacing earlier ones of the same records."""

    def clear(self, project_id: str, integration_id: str, direction: Direction, failures: Sequence[Failure]) -> None:
        """Forgets the failures of records that went through, those that were not replaced meanwhile (same `run`)."""


class Line(Protocol):
    """An integration's line of jobs and the lease on it. Every write is fenced: it raises `LeaseLost` when another
    holder has come."""

    def acquire(self, project_id: str, integration_id: str, owner: str, now: int) -> Lease | None:
        """The lease, or None while somebody else holds it or the project has its share of workers."""

    def head(self, lease: Lease) -> Job | None:
        """The oldest unfinished job, as it is now."""

    def start(self, lease: Lease, job: Job) -> None:
        """Saves a pending job as running; from then on nobody joins it. Raises `JobCancelled`."""

    def advance(self, lease: Lease, job: Job, now: int) -> Lease:
        """Saves the job's checkpoint, step and counters and extends the lease, all or nothing; the lease's recoveries
        are saved as they are given, which is 0 once the checkpoint moved. Fails with `LeaseLost` if the stored step
        isn't the one before or the lease has expired, with `JobCancelled` if somebody cancelled the job. Saving the
        very same job again is no failure: its acknowledgement was lost."""

    def finish(self, lease: Lease, job: Job, finish: Finish) -> None:
        """Saves the ended job (status, counters, `completed_at`), takes it out of the line, and what ends with it."""

    def release(self, lease: Lease, now: int) -> NextDue | None:
        """Gives the lease back, and then looks: the new head of the line and when it is due."""

    def forget(self, lease: Lease) -> None:
        """What a deleted integration left behind is gone: the line goes, too, when it is released."""

    def due_in_project(self, project_id: str, now: int) -> str | None:
        """The integration of the project whose free line has been due longest, or None."""

    def overdue(self, now: int, limit: int) -> Sequence[tuple[str, str]]:
        """(project id, integration id) of the lines due by now, longest first."""


class JobLog(Protocol):
    """A job's log. Entries of one job with the same key are one, however often written: a repeated batch adds none."""

    def write(self, job: Job, entries: Sequence[LogEntry]) -> None:
        """Appends."""


class Integrations(Protocol):
    """What is configured."""

    def find(self, project_id: str, integration_id: str) -> Integration | None:
        """The integration as it is now."""

    def watermark(self, project_id: str, integration_id: str, direction: Direction) -> Watermark | None:
        """How far incremental runs have read."""

    def set_status(
        self, project_id: str, integration_id: str, status: IntegrationStatus | None, reason: StatusReason | None
    ) -> bool:
        """Says why the integration is as it is; None leaves the status alone. False if an admin has made it inactive
        meanwhile, or it is gone."""


class Remains(Protocol):
    """What a deleted integration leaves behind: links, failures, watermarks."""

    def clear(self, project_id: str, integration_id: str, limit: int) -> bool:
        """Deletes up to `limit` of them; whether nothing is left."""


class WakeUps(Protocol):
    """The queue: a message says nothing but 'look at that line'."""

    def send(self, project_id: str, integration_id: str, delay_ms: int) -> None:
        """Asks for a look after the delay, 900 seconds at most: whoever wakes too early looks again."""


class Connect(Protocol):
    """Opens an integration's service with its stored credentials."""

    def __call__(self, integration: Integration) -> Provider:
        """Raises `ReconnectRequired` without usable credentials, `ConfigurationRefused` for an impossible address."""


class JobIntake(Protocol):
    """Where new jobs come in."""

    def submit(self, job: Job, idempotency_key: IdempotencyKey | None, now: int) -> str:
        """Stores the job at the end of its line, or joins an identical one that never ran, in one transaction; the id
        of the job that does the work. Raises `IdempotencyKeyReused`."""

    def replayed(self, project_id: str, integration_id: str, idempotency_key: IdempotencyKey, now: int) -> str | None:
        """The job that the key was used for within 24 hours, whatever became of the integration since; None for a new
        key. Raises `IdempotencyKeyReused`."""
