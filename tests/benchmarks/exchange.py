"""An integration with Sanity in a `Place`: its content, and its syncs, run by the worker's own runtime and measured."""

import os
import resource
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import batched

import boto3

from integrations.domain.entity import Entity
from integrations.domain.field_mapping import FieldMapping
from integrations.domain.integration import Integration
from integrations.domain.job import Direction, Mode, Progress
from integrations.providers.registry import spec_for
from integrations.runtime.worker import WorkerRuntime
from integrations.storage import keys
from integrations.storage.credentials import CredentialStore, CredentialVault
from integrations.storage.entities import EntityStore
from integrations.storage.entity_items import item_from_entity
from integrations.storage.intake import IntakeStore
from integrations.storage.integrations import IntegrationStore
from integrations.storage.jobs import JobStore
from integrations.storage.table import Table
from integrations.sync.request import SyncOrder, request_sync
from tests.benchmarks.consumed import Consumed
from tests.benchmarks.place import DATASET, PROJECT, TOKEN, Place
from tests.benchmarks.usage import Measured, Usage
from tests.simulators.admin_client import AdminClient

DEMO_MAPPINGS = (
    FieldMapping("fields.title", "title"),
    FieldMapping("fields.title", "slug.current", "slugify"),
    FieldMapping("fields.body", "body", "markdown_to_html"),
    FieldMapping("fields.description", "seo.description"),
)
TEXT = "Some *real* text with a [link](https://example.com), long enough to look like content. "
INVOCATION_MS = 300_000


class NobodyToWake:
    """`WakeUps` of a measurement that looks at its only line by itself."""

    def send(self, project_id: str, integration_id: str, delay_ms: int) -> None:
        """Nothing."""


@dataclass(frozen=True)
class Exchange:
    """`entity_types` maps entity types to document types; `consumed` is what DynamoDB itself counts, where it does."""

    place: Place
    integration_id: str
    entity_types: Mapping[str, str]
    mappings: tuple[FieldMapping, ...] = DEMO_MAPPINGS
    consumed: Consumed = field(default_factory=Consumed)
    usage: Usage = field(default_factory=Usage)

    def connect(self) -> None:
        """Stores the integration with its credentials."""
        now = _now_ms()
        where = {"projectId": PROJECT, "dataset": DATASET, "apiHost": self.place.service_url}
        config = {**where, "entityTypes": dict(self.entity_types)}
        integration = Integration(
            PROJECT, self.integration_id, "sanity", "Bench", "active", config, self.mappings, now, now
        )
        IntegrationStore(self._table).create(replace(integration, credentials_set=True))
        scope, spec = (PROJECT, self.integration_id), spec_for("sanity")
        plaintext = spec.credentials_plaintext({"token": TOKEN}).decode()
        vault = CredentialVault(boto3.client("kms"), self.place.key_id)
        sealed = vault.seal(*scope, "service", spec.addresses(config), plaintext)
        CredentialStore(self._table).put_credentials(*scope, sealed, None)

    def write_entities(self, count: int) -> None:
        """`count` entities, spread over the types."""
        types, now = list(self.entity_types), _now_ms()
        for numbers in batched(range(count), 1_000, strict=False):
            self._entities_table.batch_write(
                item_from_entity(
                    keys.entities(PROJECT, types[number % len(types)]),
                    Entity(f"e{number:07d}", types[number % len(types)], fields_of(number), now, now),
                )
                for number in numbers
            )

    def change_entities(self, numbers: Iterable[int]) -> None:
        """A new title for each, as the platform writes it."""
        store, types = EntityStore(self._entities_table), list(self.entity_types)
        for number in numbers:
            entity_type, entity_id = types[number % len(types)], f"e{number:07d}"
            entity = store.read(PROJECT, entity_type, [entity_id])[entity_id]
            changed = replace(entity, fields={**entity.fields, "title": "Changed"}, updated_at=_now_ms())
            assert store.replace(PROJECT, changed, entity.updated_at)

    def run(self, label: str, direction: Direction, mode: Mode, records: int) -> Measured:
        """One sync, slice by slice, until it is completed; `records` is how many it has to do."""
        job_id = self._submit(direction, mode)
        self.admin.clear_requests()
        before, consumed_before = self.usage.copy(), replace(self.consumed)
        slices, begin = 0, time.monotonic()
        end = ""
        while end != "ended":
            end = self.runtime.look(PROJECT, self.integration_id, f"bench-{job_id}-{slices}", INVOCATION_MS).end
            slices += 1
        usage, consumed, seconds = (
            self.usage.since(before),
            self.consumed.since(consumed_before),
            time.monotonic() - begin,
        )
        peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
        job = JobStore(self._table).find(PROJECT, job_id, _now_ms())
        if job is None or job.status != "completed" or job.progress != Progress(records, records, 0):
            message = f"{label}: {records} records were expected, got {job}"
            raise SystemExit(message)
        requests = len(self.admin.requests("/data/"))
        return Measured(label, records, usage, consumed, requests, slices, seconds, peak_mib)

    def _submit(self, direction: Direction, mode: Mode) -> str:
        integration = IntegrationStore(self._table).find(PROJECT, self.integration_id)
        assert integration is not None
        order, intake = SyncOrder(direction, mode), IntakeStore(self._table)
        accepted = request_sync(
            integration,
            spec_for("sanity"),
            order,
            None,
            intake=intake,
            wake_ups=NobodyToWake(),
            now=_now_ms(),
            randomness=os.urandom(10),
        )
        return accepted.job_id

    @cached_property
    def runtime(self) -> WorkerRuntime:
        """The worker's, metered."""
        return WorkerRuntime(self.place.settings, self.usage)

    @cached_property
    def admin(self) -> AdminClient:
        """The simulator's."""
        return AdminClient(self.place.admin_url)

    @cached_property
    def _table(self) -> Table:
        return Table(boto3.client("dynamodb"), self.place.integrations_table)

    @cached_property
    def _entities_table(self) -> Table:
        return Table(boto3.client("dynamodb"), self.place.entities_table, key_names=("pk", "id"))


def fields_of(number: int) -> dict[str, str]:
    """About 1 KB."""
    return {"title": f"Article {number}", "body": f"# {number}\n\n" + TEXT * 10, "description": TEXT}


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
