"""Each function's role allows what the function does, down to the partitions it touches: AWS would refuse the rest."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import boto3
import pytest

from integrations.domain.entity import Entity
from integrations.domain.integration import StatusReason
from integrations.domain.link import Link
from integrations.domain.scheduled_sync import ScheduleChange
from integrations.providers.connection import ConnectionSettings
from integrations.providers.contract import ConnectionReport, RemoteRecord, ServiceField
from integrations.providers.pacing import RateLimit
from integrations.runtime.api import services
from integrations.runtime.recovery import recover
from integrations.storage.credentials import CredentialStore
from integrations.storage.integration_items import integration_to_item
from integrations.storage.integrations import IntegrationStore
from integrations.storage.links import LinkStore
from integrations.storage.outbox import OutboxStore
from integrations.storage.table import Table
from tests.api_world import JSON, NOW, OUR_JOB, World, an_integration
from tests.fakes.service import FakeService
from tests.integration.api.accesses import TABLE, Access, allows, listed, refused, role_of
from tests.integration.api.gateway import request
from tests.integration.api.managing import create, give_credentials
from tests.integration.api.test_entity_changed import connect, detail, tell
from tests.integration.api.test_receive_webhook import SECRET, deliver
from tests.integration.api.test_schedules import start

CREATED = {"type": "sanity", "name": "Site", "config": {"projectId": "p", "dataset": "d", "entityTypes": {"a": "b"}}}
HOURLY = {"expression": "rate(1 hour)"}
CALLS = {
    "ListIntegrationsFunction": ("GET", "/integrations", None),
    "GetIntegrationFunction": ("GET", "/integrations/int_active", None),
    "CreateIntegrationFunction": ("POST", "/integrations", json.dumps(CREATED | {"schedule": HOURLY})),
    "UpdateIntegrationFunction": ("PATCH", "/integrations/int_active", json.dumps({"schedule": HOURLY})),
    "DeleteIntegrationFunction": ("DELETE", "/integrations/int_active", None),
    "PutCredentialsFunction": (
        "PUT",
        "/integrations/int_active/credentials",
        '{"token": "sk", "webhookSecret": "whsec"}',
    ),
    "ListAuditFunction": ("GET", "/integrations/int_active/events", None),
    "TriggerSyncFunction": ("POST", "/integrations/int_active/sync", '{"entityIds": ["a"]}'),
    "ListJobsFunction": ("GET", "/jobs?status=pending", None),
    "CancelJobFunction": ("POST", f"/jobs/{OUR_JOB}/cancel", None),
    "GetJobFunction": ("GET", f"/jobs/{OUR_JOB}", None),
}


@pytest.fixture
def accesses(table: Table) -> Iterator[list[Access]]:
    """What the functions ask of DynamoDB and the scheduler."""
    with listed() as found:
        services.cache_clear()
        yield found
    services.cache_clear()


@pytest.mark.parametrize("function", CALLS)
def test_the_role_allows_what_the_function_does(function: str, world: World, accesses: list[Access]):
    method, path, body = CALLS[function]
    headers = {"Authorization": f"Bearer {world.keys['free']}", "If-Match": "1", **(JSON if body else {})}
    answer = request(method, path, headers, body)
    assert answer.status < 300, answer.body
    [authorized, *done] = accesses
    assert [each for each in role_of("AuthorizeFunction") if allows(each, authorized)]
    assert Access("dynamodb:UpdateItem", TABLE, f"RATE#{world.ours}") in done
    assert len(done) > 1
    assert not refused(function, done)


def test_the_role_allows_what_a_webhook_does(world: World, accesses: list[Access]):
    id = str(create(world)["id"])
    give_credentials(world, id, token="sk", webhookSecret=SECRET)
    for document_id in ("doc-1", "doc-2"):
        del accesses[:]
        assert deliver(id, document_id).status == 202
        assert not refused("ReceiveWebhookFunction", accesses)
    assert Access("dynamodb:UpdateItem", TABLE, f"JOBS#{world.ours}") in accesses


def test_the_role_allows_what_a_change_of_entities_does(world: World, accesses: list[Access]):
    connect(world, "int_auto")
    for entity_id in ("a", "b"):
        del accesses[:]
        assert tell(detail(world, entity_id)) == {"batchItemFailures": []}
        assert not refused("EntityChangedFunction", accesses)
    assert Access("dynamodb:UpdateItem", TABLE, f"JOBS#{world.ours}") in accesses


def test_the_role_allows_what_a_scheduled_start_does(world: World, accesses: list[Access]):
    id = str(create(world, schedule=HOURLY)["id"])
    give_credentials(world, id, token="sk")
    event = {"projectId": world.ours, "integrationId": id, "schedule": HOURLY}
    for said, outcome in ((event, "accepted"), (event, "accepted"), (event | {"schedule": {}}, "out_of_step")):
        del accesses[:]
        assert start(said)["outcome"] == outcome
        assert len(accesses) > 1
        assert not refused("StartScheduledSyncFunction", accesses)


@pytest.mark.parametrize("function", ["CreateIntegrationFunction", "UpdateIntegrationFunction", "RecoverJobsFunction"])
def test_who_makes_schedules_may_give_them_their_role_and_no_other(function: str):
    [passing] = [statement for statement in role_of(function) if statement["Action"] == "iam:PassRole"]
    assert passing["Resource"] == {"GetAtt": "SchedulesRole.Arn"}
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}


def test_the_role_allows_what_the_recovery_does(
    world: World, table: Table, accesses: list[Access], monkeypatch: pytest.MonkeyPatch
):
    bus = boto3.client("events").create_event_bus(Name=world.ours)
    for name, value in (("EVENT_BUS_NAME", world.ours), ("LEASE_SECONDS", "60"), ("WORKERS_MAXIMUM", "2")):
        monkeypatch.setenv(name, value)
    reason = StatusReason("credentials_refused", "renew the token", 1)
    assert IntegrationStore(table).mark_refused(world.ours, "int_active", reason, 0)
    services().schedule_changes.note(ScheduleChange(world.ours, "int_active", "01A"), 0)
    del accesses[:]
    done = recover()
    assert bus and done["told"] >= 1 and done["settled"] >= 1
    assert Access("dynamodb:BatchWriteItem", TABLE, f"OUTBOX#{world.ours}") in accesses
    assert not refused("RecoverJobsFunction", accesses)
    assert OutboxStore(table).overdue(NOW * 2, 10) == []


class PacedService(FakeService):
    """Stands for a service that is called within its rate."""

    def __init__(self, integration: object, credentials: bytes, settings: ConnectionSettings) -> None:
        super().__init__(lambda: 0)
        assert settings.pacer_for
        self._pacer = settings.pacer_for("ab" * 32)

    def check(self) -> ConnectionReport:
        self._wait()
        return ConnectionReport(True, 1)

    def read_records(self, external_ids: Sequence[str]) -> Mapping[str, RemoteRecord]:
        self._wait()
        return {}

    def fields(self) -> Sequence[ServiceField]:
        self._wait()
        return ()

    def _wait(self) -> None:
        self._pacer.wait_for_turn((RateLimit("requests", 10, 1.0),), 1.0)


@pytest.mark.parametrize(
    ("function", "method", "path", "body"),
    [
        ("TestConnectionFunction", "POST", "test", None),
        ("ListFieldsFunction", "GET", "fields", None),
        ("PreviewSyncFunction", "POST", "preview", '{"direction": "push", "entityIds": ["new", "old"]}'),
        ("PreviewSyncFunction", "POST", "preview", '{"direction": "pull", "entityIds": ["new", "old"]}'),
    ],
)
def test_the_role_allows_what_a_look_at_a_service_does(
    function: str,
    method: str,
    path: str,
    body: str | None,
    world: World,
    table: Table,
    accesses: list[Access],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("integrations.runtime.connecting.connect", PacedService)
    archiving(world, table)
    headers = {"Authorization": f"Bearer {world.keys['free']}", **(JSON if body else {})}
    del accesses[:]
    answer = request(method, f"/integrations/int_active/{path}", headers, body)
    assert answer.status == 200, answer.body
    _, *done = accesses
    assert Access("dynamodb:PutItem", TABLE, f"BUDGET#{'ab' * 32}") in done
    assert not refused(function, done)


def archiving(world: World, table: Table) -> None:
    """An integration with credentials, an entity to push, and one whose record is to be deleted, so that a preview
    counts what would go."""
    integration = an_integration(world.ours)
    config = {**integration.config, "onArchive": "delete"}
    table.batch_write([integration_to_item(replace(integration, config=config))])
    scope = (world.ours, integration.id)
    ciphertext = services().connect.vault.seal(*scope, "service", ("https://zx3vzmn1.api.sanity.io",), "{}")
    CredentialStore(table).put_credentials(*scope, ciphertext, None)
    for entity in (Entity("new", "article", {"title": "x"}, NOW, NOW), Entity("old", "article", {}, NOW, NOW, NOW)):
        services().entities.create(world.ours, entity)
    LinkStore(table).write(*scope, [Link("old", "e-old", NOW, 1)])
