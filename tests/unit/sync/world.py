"""A project with one integration, its service, and a worker: everything in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from integrations.domain.entity import Entity
from integrations.domain.field_mapping import FieldMapping
from integrations.domain.identity import external_id_of_entity
from integrations.domain.integration import Integration
from integrations.domain.job import Direction, Job, Mode
from integrations.domain.link import Failure
from integrations.domain.ulid import new_ulid
from integrations.providers.contract import Provider
from integrations.sync.ledger import LedgerStores
from integrations.sync.slice import SliceReport, Worker
from integrations.sync.worker_ports import WorkerPorts
from tests.fakes.line import FakeIntake, FakeLine
from tests.fakes.outside import FakeClock, FakeConnect, FakeWakeUps
from tests.fakes.remains import FakeRemains
from tests.fakes.service import FakeService
from tests.fakes.stores import FakeEntities, FakeFailures, FakeIntegrations, FakeJobLog, FakeLinks
from tests.fakes.tables import FakeTables

PROJECT, INTEGRATION = "demo", "int_1"
MAPPINGS = (
    FieldMapping("fields.title", "title"),
    FieldMapping("fields.title", "slug.current", "slugify"),
    FieldMapping("fields.body", "body", "markdown_to_html"),
    FieldMapping("fields.description", "seo.description"),
)


@dataclass
class World:
    """Tests change it through its methods and look at `service` and `tables`."""

    clock: FakeClock = field(default_factory=FakeClock)
    tables: FakeTables = field(default_factory=FakeTables)
    wake_ups: FakeWakeUps = field(default_factory=FakeWakeUps)
    slice_ms: int = 240_000

    def __post_init__(self) -> None:
        self.service = FakeService(self.clock)
        self.line = FakeLine(self.tables)
        self.links = FakeLinks(self.tables)
        self.entities = FakeEntities(self.tables)
        self.integrations = FakeIntegrations(self.tables)
        self.connect = FakeConnect({INTEGRATION: self.service})
        self.configure()

    def configure(self, mappings: Sequence[FieldMapping] = MAPPINGS, **config: object) -> None:
        """(Re)writes the integration with these mappings, and keys in its config."""
        integration = Integration(
            PROJECT,
            INTEGRATION,
            "sanity",
            "Site",
            "active",
            {"entityTypes": {"article": "post"}, **config},
            tuple(mappings),
            0,
            0,
            credentials_set=True,
        )
        self.integrations.put(integration)

    def serve(self, provider: Provider) -> None:
        """Puts another service behind the integration."""
        self.connect.providers = {INTEGRATION: provider}

    @property
    def integration(self) -> Integration:
        """As it is stored."""
        found = self.integrations.find(PROJECT, INTEGRATION)
        assert found is not None
        return found

    def write(self, entity_id: str, **fields: object) -> None:
        """Creates the entity, or changes some of its fields, as a user of the platform would."""
        stored = self.entities.read(PROJECT, "article", [entity_id]).get(entity_id)
        now = self.clock.advance(1)
        if stored is None:
            assert self.entities.create(PROJECT, Entity(entity_id, "article", fields, now, now))
        else:
            changed = replace(stored, fields={**stored.fields, **fields}, updated_at=now)
            assert self.entities.replace(PROJECT, changed, stored.updated_at)

    def archive(self, entity_id: str) -> None:
        """The platform's soft delete."""
        stored = self.entities.read(PROJECT, "article", [entity_id])[entity_id]
        now = self.clock.advance(1)
        self.entities.replace(PROJECT, replace(stored, archived_at=now, updated_at=now), stored.updated_at)

    def entity(self, entity_id: str) -> Entity:
        """As it is stored."""
        return self.entities.read(PROJECT, "article", [entity_id])[entity_id]

    def document(self, entity_id: str) -> dict[str, Any]:
        """The document that the entity made, as it is in the service."""
        version = self.service.now(self.external_id(entity_id))
        assert version is not None
        return version.document

    def external_id(self, entity_id: str) -> str:
        """The id of the document that the entity makes."""
        return external_id_of_entity(PROJECT, entity_id)

    def trigger(self, direction: Direction, mode: Mode | None = None, entity_ids: tuple[str, ...] | None = None) -> str:
        """Puts a job into the line; its id."""
        job_id = new_ulid(self.clock.advance(1), len(self.tables.jobs).to_bytes(10, "big"))
        mode = mode or ("full" if direction == "push" else "incremental")
        job = Job(job_id, PROJECT, INTEGRATION, direction, direction, mode, self.clock(), entity_ids=entity_ids)
        return FakeIntake(self.tables).submit(job, None, self.clock())

    def worker(self, owner: str = "worker") -> Worker:
        """A worker as an invocation has it."""
        return Worker(self.ports(), owner, call_seconds_maximum=5)

    def ports(self) -> WorkerPorts:
        """What a worker touches."""
        stores = LedgerStores(self.line, self.links, FakeFailures(self.tables), FakeJobLog(self.tables))
        remains = FakeRemains(self.tables)
        return WorkerPorts(stores, self.integrations, self.entities, self.wake_ups, self.connect, self.clock, remains)

    def look(self) -> SliceReport:
        """One slice."""
        self.clock.advance(1)
        return self.worker().look(PROJECT, INTEGRATION, self.clock() + self.slice_ms)

    def run(self, direction: Direction, mode: Mode | None = None, entity_ids: tuple[str, ...] | None = None) -> Job:
        """Triggers a job and works until it has ended; the job."""
        job_id = self.trigger(direction, mode, entity_ids)
        for _ in range(100):
            if self.job(job_id).completed_at is not None:
                return self.job(job_id)
            self.look()
        raise AssertionError(f"the job doesn't end: {self.job(job_id)}")

    def job(self, job_id: str) -> Job:
        """As it is stored."""
        return self.tables.jobs[PROJECT, job_id]

    def log(self, job: Job) -> list[str]:
        """The messages of the job's log."""
        entries = self.tables.logs.get((PROJECT, job.id), {}).values()
        return [entry.message for entry in sorted(entries, key=lambda entry: entry.timestamp)]

    def failures(self, direction: Direction) -> Mapping[str, Failure]:
        """What is remembered of records that could not be exchanged."""
        return self.tables.failures.get((PROJECT, INTEGRATION, direction), {})

    def sent_since(self, batches: int) -> int:
        """How many batches went to the service after the first `batches`."""
        return len(self.service.batches) - batches
