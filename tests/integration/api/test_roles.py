"""Each function's role allows what the function does, down to the partitions it touches: AWS would refuse the rest."""

import json
from collections.abc import Iterator

import pytest

from integrations.providers.connection import ConnectionSettings
from integrations.providers.contract import ConnectionReport
from integrations.providers.pacing import RateLimit
from integrations.runtime.api import services
from integrations.storage.credentials import CredentialStore
from integrations.storage.table import Table
from tests.integration.api.accesses import TABLE, Access, allows, listed, refused, role_of
from tests.integration.api.gateway import request
from tests.refusals import JSON, OUR_JOB, World

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


@pytest.fixture
def accesses(table: Table) -> Iterator[list[Access]]:
    """What the functions ask of DynamoDB."""
    with listed() as found:
        services.cache_clear()
        yield found
    services.cache_clear()


@pytest.mark.parametrize("function", CALLS)
def test_the_role_allows_what_the_function_does(function: str, world: World, accesses: list[Access]):
    method, path, body = CALLS[function]
    headers = {"Authorization": f"Bearer {world.keys['admin']}", "If-Match": "1", **(JSON if body else {})}
    answer = request(method, path, headers, body)
    assert answer.status < 300, answer.body
    [authorized, *done] = accesses
    assert [each for each in role_of("AuthorizeFunction") if allows(each, authorized)]
    assert done
    assert not refused(function, done)


class PacedService:
    """Stands for a service that is called within its rate."""

    def __init__(self, integration: object, credentials: bytes, settings: ConnectionSettings) -> None:
        assert settings.pacer_for
        self._pacer = settings.pacer_for("ab" * 32)

    def check(self) -> ConnectionReport:
        self._pacer.wait_for_turn((RateLimit("requests", 10, 1.0),), 1.0)
        return ConnectionReport(True, 1)

    def close(self) -> None:
        """Nothing is open."""


def test_the_role_allows_what_a_test_of_a_connection_does(
    world: World, table: Table, accesses: list[Access], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("integrations.runtime.connecting.connect", PacedService)
    scope = (world.ours, "int_active")
    ciphertext = services().connect.vault.seal(*scope, "service", ("https://zx3vzmn1.api.sanity.io",), "{}")
    CredentialStore(table).put_credentials(*scope, ciphertext, None)
    answer = request("POST", "/integrations/int_active/test", {"Authorization": f"Bearer {world.keys['write']}"})
    assert answer.body["data"]["connected"] is True
    _, *done = accesses
    assert Access("dynamodb:PutItem", TABLE, f"BUDGET#{'ab' * 32}") in done
    assert not refused("TestConnectionFunction", done)
