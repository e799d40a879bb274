"""The stores of one test: in memory or on DynamoDB, behind the same names."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from integrations.domain.audit import AuditEntry
from integrations.domain.field_mapping import FieldMapping
from integrations.domain.integration import Integration
from integrations.domain.job import Job, Lease
from integrations.storage import keys
from integrations.storage.backoff import Backoff
from integrations.storage.cancelling import CancelStore
from integrations.storage.entities import EntityStore
from integrations.storage.expressions import Update
from integrations.storage.failures import FailureStore
from integrations.storage.intake import IntakeStore
from integrations.storage.integrations import IntegrationStore
from integrations.storage.job_log import JobLogStore
from integrations.storage.jobs import JobStore
from integrations.storage.leases import LeaseTerms
from integrations.storage.lines import LineStore
from integrations.storage.links import LinkStore
from integrations.storage.management import ManagementStore
from integrations.storage.remains import RemainsStore
from integrations.storage.table import Table
from integrations.sync.cancel import Cancellations
from integrations.sync.ports import Entities, Failures, JobIntake, Line, Links, Remains
from tests.contract.storage.faults import FaultyClient
from tests.contract.storage.tables import create_table
from tests.fakes.cancel import FakeCancellations
from tests.fakes.line import FakeIntake, FakeLine
from tests.fakes.reading import FakeJobs
from tests.fakes.remains import FakeRemains
from tests.fakes.stores import FakeEntities, FakeFailures, FakeIntegrations, FakeJobLog, FakeLinks
from tests.fakes.tables import FakeTables

NOW = 1_700_000_000_000
LEASE_MS = 60_000
GRACE_MS = 5_000
DAY_MS = 24 * 60 * 60 * 1000


class World(Protocol):
    """All stores over one state."""

    entities: Entities
    links: Links
    failures: Failures
    intake: JobIntake
    integrations: FakeIntegrations | IntegrationStore
    jobs: FakeJobs | JobStore
    log: FakeJobLog | JobLogStore
    cancellations: Cancellations
    remains: Remains

    def line(self, share_maximum: int = 1_000) -> Line:
        """A line store with its share of workers."""

    def request_cancel(self, job_id: str) -> None:
        """What a cancel of a leased job leaves behind."""

    def delete_integration(self, integration_id: str) -> None:
        """Takes the configuration away, and nothing more."""

    def abandon(self, integration_id: str) -> None:
        """What an admin's deletion leaves behind."""


class FakeWorld:
    """In memory."""

    def __init__(self) -> None:
        tables = FakeTables()
        self.tables = tables
        self.entities = FakeEntities(tables)
        self.links = FakeLinks(tables)
        self.failures = FakeFailures(tables)
        self.intake = FakeIntake(tables)
        self.integrations = FakeIntegrations(tables)
        self.jobs = FakeJobs(tables)
        self.log = FakeJobLog(tables)
        self.cancellations = FakeCancellations(tables)
        self.remains = FakeRemains(tables)

    def line(self, share_maximum: int = 1_000) -> Line:
        return FakeLine(self.tables, lease_ms=LEASE_MS, grace_ms=GRACE_MS, share_maximum=share_maximum)

    def request_cancel(self, job_id: str) -> None:
        self.tables.request_cancel("demo", job_id)

    def delete_integration(self, integration_id: str) -> None:
        del self.tables.integrations["demo", integration_id]

    def abandon(self, integration_id: str) -> None:
        self.tables.delete_integration("demo", integration_id, NOW)


@dataclass(slots=True)
class Units:
    """A meter that adds up."""

    read: float = 0
    written: float = 0
    calls: list[str] = field(default_factory=list)

    def __call__(self, operation: str, *, read_units: float = 0, write_units: float = 0) -> None:
        self.calls.append(operation)
        self.read += read_units
        self.written += write_units


class DynamoWorld:
    """On two tables of their own. `client` takes faults, `units` counts, `sleeps` are the waits between attempts."""

    def __init__(self, client: Any, definitions: Sequence[dict[str, Any]]) -> None:
        integrations_table, entities_table = definitions
        self.client = FaultyClient(client)
        self.units = Units()
        self.sleeps: list[float] = []
        backoff = Backoff(self.sleeps.append, lambda: 0.5)
        name = create_table(client, integrations_table)
        self.table = Table(self.client, name, backoff=backoff, meter=self.units)
        self.entities_name = create_table(client, entities_table)
        entities = Table(self.client, self.entities_name, key_names=("pk", "id"), backoff=backoff, meter=self.units)
        self.entities = EntityStore(entities)
        self.links = LinkStore(self.table)
        self.failures = FailureStore(self.table)
        self.intake = IntakeStore(self.table)
        self.integrations = IntegrationStore(self.table)
        self.jobs = JobStore(self.table)
        self.log = JobLogStore(self.table)
        self.cancellations = CancelStore(self.table)
        self.remains = RemainsStore(self.table)

    def line(self, share_maximum: int = 1_000) -> Line:
        return LineStore(self.table, LeaseTerms(LEASE_MS, share_maximum, GRACE_MS))

    def request_cancel(self, job_id: str) -> None:
        self.table.write(Update(keys.job("demo", job_id), "SET #cancelRequested = :true", None, {"true": True}))

    def delete_integration(self, integration_id: str) -> None:
        self.table.batch_write(delete=[keys.integration("demo", integration_id)])

    def abandon(self, integration_id: str) -> None:
        entry = AuditEntry("01A", NOW, "key", "delete", ())
        assert ManagementStore(self.table).delete(an_integration(integration_id), entry)


def a_job(id: str = "01A", integration_id: str = "one", **changes: Any) -> Job:
    """A pending push of everything."""
    job = Job(id, "demo", integration_id, "Push to Sanity", "push", "full", NOW)
    return replace(job, **changes)


def an_integration(id: str = "one", **changes: Any) -> Integration:
    """The one that jobs of `a_job` belong to."""
    integration = Integration(
        project_id="demo",
        id=id,
        type="sanity",
        name="Sanity",
        status="active",
        config={"projectId": "abc", "dataset": "production", "entityTypes": {"article": "post"}, "ratio": 0.5},
        field_mappings=(FieldMapping("fields.title", "title"), FieldMapping("fields.body", "body", "markdown_to_html")),
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(integration, **changes)


def leased(line: Line, integration_id: str = "one", owner: str = "worker", now: int = NOW) -> Lease:
    """The lease, which must be free."""
    lease = line.acquire("demo", integration_id, owner, now)
    assert lease is not None
    return lease


def started(line: Line, lease: Lease) -> Job:
    """The head of the line, running."""
    job = line.head(lease)
    assert job is not None
    running = replace(job, status="running", started_at=NOW)
    line.start(lease, running)
    return running
