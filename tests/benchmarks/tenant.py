"""A project of a measurement alone, on the local stack: integrations with Sanity, each with one entity to push."""

import os
import time
from dataclasses import dataclass
from functools import cached_property

import httpx

from integrations.domain.entity import Entity
from integrations.domain.field_mapping import FieldMapping
from integrations.domain.integration import Integration
from integrations.providers.registry import spec_for
from integrations.queue import SyncQueue
from integrations.storage import keys
from integrations.storage.api_keys import ApiKeyStore
from integrations.storage.credentials import CredentialStore, CredentialVault
from integrations.storage.expressions import Query
from integrations.storage.intake import IntakeStore
from integrations.storage.integrations import IntegrationStore
from integrations.storage.table import Table
from integrations.sync.request import SyncOrder, request_sync
from tools.api_keys import create_key
from tools.stack.demo import entity_store
from tools.stack.deployment import read_outputs
from tools.stack.description import StackDescription

POLL_SECONDS = 0.2
WAIT_MAXIMUM_SECONDS = 300


@dataclass(frozen=True)
class Tenant:
    """Its clients are made once, and serve several threads."""

    stack: StackDescription
    project_id: str

    def add_integration(self, number: int) -> Integration:
        """An integration with credentials, and its entity."""
        access, now = self.stack.simulator("sanity"), time.time_ns() // 1_000_000
        entity_type = f"type_{number:04d}"
        where = {"projectId": access["projectId"], "dataset": access["dataset"], "apiHost": access["url"]}
        integration = Integration(
            project_id=self.project_id,
            id=f"int_{number:04d}",
            type="sanity",
            name=f"Site {number}",
            status="active",
            config={**where, "entityTypes": {entity_type: "post"}},
            field_mappings=(FieldMapping("fields.title", "title"),),
            created_at=now,
            updated_at=now,
            credentials_set=True,
        )
        IntegrationStore(self.table).create(integration)
        scope, spec = (self.project_id, integration.id), spec_for("sanity")
        plaintext = spec.credentials_plaintext({"token": access["token"]}).decode()
        sealed = self._vault.seal(*scope, "service", spec.addresses(integration.config), plaintext)
        CredentialStore(self.table).put_credentials(*scope, sealed, None)
        self._entities.create(self.project_id, Entity(f"{entity_type}-a", entity_type, {"title": "A"}, now, now))
        return integration

    def trigger(self, integration: Integration) -> None:
        """Asks for a push as the API does, without the API."""
        request_sync(
            integration,
            spec_for("sanity"),
            SyncOrder("push"),
            None,
            intake=IntakeStore(self.table),
            wake_ups=self._queue,
            now=time.time_ns() // 1_000_000,
            randomness=os.urandom(10),
        )

    def push_seconds(self, integration: Integration) -> float:
        """From the trigger, through the API, to the completed job."""
        key = create_key(ApiKeyStore(self.table), [self.project_id], "write", "enterprise")
        headers = {"Authorization": f"Bearer {key}"}
        with httpx.Client(base_url=f"{self.stack.api_url}/api/v1", headers=headers, timeout=30) as api:
            begin = time.monotonic()
            answer = api.post(f"/integrations/{integration.id}/sync", json={"direction": "push"}).raise_for_status()
            job_id = answer.json()["data"]["jobId"]
            while time.monotonic() - begin < WAIT_MAXIMUM_SECONDS:
                job = api.get(f"/jobs/{job_id}").raise_for_status().json()["data"]
                if job["status"] == "completed":
                    return time.monotonic() - begin
                time.sleep(POLL_SECONDS)
        message = f"the push has not ended after {WAIT_MAXIMUM_SECONDS} s: {job}"
        raise SystemExit(message)

    def unfinished(self) -> int:
        """How many of its lines have a job."""
        return sum("dueAt" in line for line in self._partition(keys.lines(self.project_id)))

    def forget_jobs(self) -> None:
        """Takes what waits out of every line, so that nobody goes on with it."""
        lines = self._partition(keys.lines(self.project_id))
        self._delete(lines)
        for line in lines:
            self._delete(self._partition(keys.standing(self.project_id, line["sk"])))

    def _partition(self, partition: str) -> list[dict[str, str]]:
        return [dict(item) for item in self.table.query(Query("#pk = :pk", {"pk": partition}, consistent=True))]

    def _delete(self, items: list[dict[str, str]]) -> None:
        self.table.batch_write(delete=[{"pk": item["pk"], "sk": item["sk"]} for item in items])

    @cached_property
    def table(self) -> Table:
        """IntegrationsTable."""
        return Table(self.stack.client("dynamodb"), self.stack.table("integrations"))

    @cached_property
    def _entities(self):
        return entity_store(self.stack)

    @cached_property
    def _queue(self) -> SyncQueue:
        return SyncQueue(self.stack.client("sqs"), self.stack.content["queues"]["sync"])

    @cached_property
    def _vault(self) -> CredentialVault:
        key_id = read_outputs(self.stack.client("cloudformation"))["CredentialsKeyArn"]
        return CredentialVault(self.stack.client("kms"), key_id)
