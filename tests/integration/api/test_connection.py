from dataclasses import dataclass
from typing import Any

import pytest

from integrations.api.envelopes import ConnectionAnswer
from integrations.domain.errors import ConfigurationRefused
from integrations.domain.integration import Diagnosis, Integration, StatusReason
from integrations.providers.contract import ConnectionReport
from integrations.runtime.api import services
from integrations.storage.credentials import CredentialStore
from integrations.storage.table import Table
from tests.api_world import NOW, World
from tests.integration.api.gateway import Answer, request
from tests.integration.api.managing import give_credentials

REFUSED = ConnectionReport(
    False, 31, True, Diagnosis("credentials_refused", "Sanity refused the token.", ("Make one.",))
)
TIMED_OUT = ConnectionReport(False, 10_000, False, Diagnosis("service_timeout", "Sanity did not answer in time."))
READ_ONLY = ConnectionReport(True, 42, False, Diagnosis("read_only", "The token may not write.", ("Give it a role.",)))
CONNECTED = ConnectionReport(True, 42)


@dataclass
class Service:
    """Stands for Sanity."""

    report: ConnectionReport
    closed: bool = False
    credentials: bytes = b""

    def __call__(self, integration: Integration, credentials: bytes, settings: object) -> Any:
        self.credentials = credentials
        return self

    def check(self) -> ConnectionReport:
        return self.report

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def service(world: World, table: Table, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The service behind `int_active`, which has credentials, sealed as they are stored."""
    service = Service(CONNECTED)
    monkeypatch.setattr("integrations.runtime.connecting.connect", service)
    scope = (world.ours, "int_active")
    addresses = ("https://zx3vzmn1.api.sanity.io",)
    ciphertext = services().connect.vault.seal(*scope, "service", addresses, '{"token":"planted"}')
    CredentialStore(table).put_credentials(*scope, ciphertext, None)
    return service


def tried(world: World, id: str = "int_active") -> Answer:
    answer = request("POST", f"/integrations/{id}/test", {"Authorization": f"Bearer {world.keys['write']}"})
    assert answer.status == 200, answer.body
    answer.require(ConnectionAnswer)
    return answer


def found(world: World) -> Integration:
    integration = services().integrations.find(world.ours, "int_active")
    assert integration is not None
    return integration


def begin(world: World, status: Any) -> None:
    services().integrations.set_status(world.ours, "int_active", status, StatusReason("was", "It was so.", NOW))


@pytest.mark.parametrize("status", ["pending", "error", "active"])
def test_success_makes_an_integration_active(world: World, service: Service, status: Any):
    begin(world, status)
    answer = tried(world)
    assert answer.body == {"data": {"connected": True, "latencyMs": 42}}
    assert found(world).status == "active"
    assert service.credentials == b'{"token":"planted"}'
    assert service.closed


@pytest.mark.parametrize("report", [CONNECTED, REFUSED, TIMED_OUT])
def test_an_admins_inactive_stays_whatever_is_found(world: World, service: Service, report: ConnectionReport):
    begin(world, "inactive")
    before = found(world)
    service.report = report
    assert tried(world).body["data"]["connected"] is report.connected
    assert found(world) == before


@pytest.mark.parametrize("status", ["pending", "error", "active"])
def test_refused_credentials_make_an_integration_an_error(world: World, service: Service, status: Any):
    begin(world, status)
    service.report = REFUSED
    answer = tried(world)
    assert answer.body["data"] == {"connected": False, "latencyMs": 31}
    diagnosis = answer.body["meta"]["diagnosis"]
    assert (diagnosis["code"], diagnosis["suggestions"]) == ("credentials_refused", ["Make one."])
    assert diagnosis["message"].startswith("Sanity refused the token.")
    assert "Settings > Integrations" in diagnosis["message"]
    kept = found(world)
    assert kept.status == "error"
    assert kept.status_reason is not None
    assert (kept.status_reason.code, kept.status_reason.message) == ("credentials_refused", diagnosis["message"])


@pytest.mark.parametrize("status", ["pending", "error", "active"])
def test_a_time_out_proves_nothing(world: World, service: Service, status: Any):
    begin(world, status)
    before = found(world)
    service.report = TIMED_OUT
    answer = tried(world)
    assert answer.body["data"] == {"connected": False, "latencyMs": 10_000}
    assert "Settings > Integrations" in answer.body["meta"]["diagnosis"]["message"]
    assert found(world) == before


def test_a_connection_may_have_a_diagnosis_too(world: World, service: Service):
    service.report = READ_ONLY
    answer = tried(world)
    assert answer.body == {
        "data": {"connected": True, "latencyMs": 42},
        "meta": {
            "diagnosis": {
                "code": "read_only",
                "message": "The token may not write.",
                "suggestions": ["Give it a role."],
            }
        },
    }


def test_without_credentials_nothing_is_called(world: World, service: Service):
    answer = tried(world, "int_bare")
    assert answer.body["data"] == {"connected": False, "latencyMs": 0}
    assert answer.body["meta"]["diagnosis"]["code"] == "credentials_missing"
    assert "Settings > Integrations" in answer.body["meta"]["diagnosis"]["message"]
    assert service.credentials == b""


def test_credentials_given_for_another_address_do_not_count(world: World, service: Service, table: Table):
    other = services().connect.vault.seal(world.ours, "int_active", "service", ("https://elsewhere",), "{}")
    CredentialStore(table).put_credentials(world.ours, "int_active", other, None)
    before = found(world)
    answer = tried(world)
    assert answer.body["data"] == {"connected": False, "latencyMs": 0}
    assert found(world) == before


@pytest.mark.parametrize("report", [REFUSED, CONNECTED])
def test_credentials_given_during_a_test_stay_unproven(
    world: World, service: Service, report: ConnectionReport, monkeypatch: pytest.MonkeyPatch
):
    def check() -> ConnectionReport:
        give_credentials(world, "int_active", token="replaced")
        return report

    monkeypatch.setattr(service, "check", check)
    assert tried(world).body["data"]["connected"] is report.connected
    assert (found(world).status, found(world).status_reason) == ("pending", None)


def test_a_configuration_that_cannot_be_used_is_explained(
    world: World, service: Service, monkeypatch: pytest.MonkeyPatch
):
    def connect(*_: object) -> Any:
        raise ConfigurationRefused("The address 10.0.0.1 may not be called.")

    monkeypatch.setattr("integrations.runtime.connecting.connect", connect)
    answer = tried(world)
    assert answer.body["data"] == {"connected": False, "latencyMs": 0}
    assert answer.body["meta"]["diagnosis"]["message"].startswith("The address 10.0.0.1 may not be called.")


def test_no_secret_is_answered_or_logged(world: World, service: Service, log_lines: Any):
    service.report = REFUSED
    answer = tried(world)
    assert "planted" not in str(answer.body) + str(log_lines())
