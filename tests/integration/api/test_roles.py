"""Each function's role allows what the function does, down to the partitions it touches: AWS would refuse the rest."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

import boto3
import pytest

from integrations.domain.entity import Entity
from integrations.domain.link import Link
from integrations.providers.connection import ConnectionSettings
from integrations.providers.contract import ConnectionReport, RemoteRecord, ServiceField
from integrations.providers.pacing import RateLimit
from integrations.runtime.api import services
from integrations.storage.credentials import CredentialStore
from integrations.storage.integration_items import integration_to_item
from integrations.storage.links import LinkStore
from integrations.storage.table import Table
from tests.api_world import JSON, NOW, OUR_JOB, World, an_integration
from tests.fakes.service import FakeService
from tests.integration.api.gateway import request
from tools.stack.built_template import resources_of
from tools.stack.places import ROOT

RESOURCES = resources_of(ROOT / "template.yaml")
TABLE = {"GetAtt": "IntegrationsTable.Arn"}
CREATED = {"type": "sanity", "name": "Site", "config": {"projectId": "p", "dataset": "d", "entityTypes": {"a": "b"}}}
CALLS = {
    "ListIntegrationsFunction": ("GET", "/integrations", None),
    "GetIntegrationFunction": ("GET", "/integrations/int_active", None),
    "CreateIntegrationFunction": ("POST", "/integrations", json.dumps(CREATED)),
    "UpdateIntegrationFunction": ("PATCH", "/integrations/int_active", '{"name": "Other site"}'),
    "DeleteIntegrationFunction": ("DELETE", "/integrations/int_active", None),
    "PutCredentialsFunction": ("PUT", "/integrations/int_active/credentials", '{"token": "sk"}'),
    "ListAuditFunction": ("GET", "/integrations/int_active/events", None),
    "TriggerSyncFunction": ("POST", "/integrations/int_active/sync", '{"entityIds": ["a"]}'),
    "ListJobsFunction": ("GET", "/jobs?status=pending", None),
    "CancelJobFunction": ("POST", f"/jobs/{OUR_JOB}/cancel", None),
    "GetJobFunction": ("GET", f"/jobs/{OUR_JOB}", None),
}


@dataclass(frozen=True)
class Access:
    """One item or partition touched: an IAM action, the resource as the template names it, the partition key."""

    action: str
    resource: Any
    partition: str


@pytest.fixture
def accesses(table: Table) -> Iterator[list[Access]]:
    """What is asked of DynamoDB from now on, by clients made from now on."""
    found: list[Access] = []

    def note(params: Mapping[str, Any], model: Any, **_: object) -> None:
        found.extend(_accesses(model.name, params))

    boto3.setup_default_session()
    boto3.DEFAULT_SESSION.events.register("before-parameter-build.dynamodb", note)
    services.cache_clear()
    yield found
    boto3.setup_default_session()
    services.cache_clear()


def _accesses(operation: str, params: Mapping[str, Any]) -> Iterator[Access]:
    match operation:
        case "TransactWriteItems":
            for item in params["TransactItems"]:
                for kind, action in item.items():
                    yield from _accesses("ConditionCheckItem" if kind == "ConditionCheck" else f"{kind}Item", action)
        case "BatchGetItem":
            for name, request in params["RequestItems"].items():
                for key in request["Keys"]:
                    yield Access("dynamodb:BatchGetItem", {"GetAtt": f"{_table(name)}.Arn"}, key["pk"]["S"])
        case "Query":
            index, of = params.get("IndexName"), _table(params["TableName"])
            resource = {"Sub": f"${{{of}.Arn}}/index/{index}"} if index else {"GetAtt": f"{of}.Arn"}
            name = params["KeyConditionExpression"].split()[2]
            yield Access("dynamodb:Query", resource, params["ExpressionAttributeValues"][name]["S"])
        case _:
            key = params.get("Key") or params["Item"]
            yield Access(f"dynamodb:{operation}", TABLE, key["pk"]["S"])


def _table(name: str) -> str:
    return "EntitiesTable" if name == services().settings.entities_table else "IntegrationsTable"


def _allows(statement: Mapping[str, Any], access: Access) -> bool:
    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    conditions = statement.get("Condition", {})
    leading = conditions.get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys", ["*"])
    return (
        access.action in actions
        and access.resource == statement["Resource"]
        and any(fnmatchcase(access.partition, pattern) for pattern in leading)
    )


def _role(function: str) -> list[Mapping[str, Any]]:
    policies = RESOURCES[function]["Properties"]["Policies"]
    return [statement for policy in policies for statement in policy["Statement"]]


def _refused(function: str, accesses: list[Access]) -> list[Access]:
    return [access for access in accesses if not any(_allows(each, access) for each in _role(function))]


@pytest.mark.parametrize("function", CALLS)
def test_the_role_allows_what_the_function_does(function: str, world: World, accesses: list[Access]):
    method, path, body = CALLS[function]
    headers = {"Authorization": f"Bearer {world.keys['free']}", "If-Match": "1", **(JSON if body else {})}
    answer = request(method, path, headers, body)
    assert answer.status < 300, answer.body
    [authorized, *done] = accesses
    assert [each for each in _role("AuthorizeFunction") if _allows(each, authorized)]
    assert Access("dynamodb:UpdateItem", TABLE, f"RATE#{world.ours}") in done
    assert len(done) > 1
    assert not _refused(function, done)


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
    assert not _refused(function, done)


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
