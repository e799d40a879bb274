from dataclasses import replace

import pytest

from integrations.domain.errors import ConfigurationRefused, Unavailable
from integrations.domain.integration import Diagnosis, Integration
from integrations.providers.contract import ConnectionReport
from integrations.sync.connection import check_connection
from tests.fakes.outside import FakeClock, FakeConnect
from tests.fakes.stores import FakeIntegrations
from tests.fakes.tables import FakeTables

NOW = 1_764_000_000_000
INTEGRATION = Integration("demo", "one", "any", "Site", "pending", {}, (), NOW, NOW, credentials_set=True)


class Service:
    """Answers with one report."""

    canonical_address = "any"
    settling_ms = 0

    def __init__(self, *outcomes: ConnectionReport | Exception) -> None:
        self.outcomes = list(outcomes)
        self.closed = 0

    def check(self) -> ConnectionReport:
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def stored() -> FakeIntegrations:
    stored = FakeIntegrations(FakeTables())
    stored.put(INTEGRATION)
    return stored


def check(stored, service, integration=INTEGRATION):
    return check_connection(integration, FakeConnect({"one": service}), stored, FakeClock(NOW + 5))


def test_a_connected_report_is_passed_on_untouched(stored):
    report = ConnectionReport(True, 12, diagnosis=Diagnosis("read_only", "The token may not write."))
    service = Service(report)
    assert check(stored, service) == report
    assert service.closed == 1
    assert stored.find("demo", "one").status == "active"


def test_a_failure_without_an_explanation_gets_one(stored):
    report = check(stored, Service(ConnectionReport(False, 7)))
    assert (report.connected, report.latency_ms) == (False, 7)
    assert report.diagnosis.code == "not_connected"
    assert "Settings > Integrations" in report.diagnosis.message


def test_a_message_that_says_where_to_go_is_left_as_it_is(stored):
    diagnosis = Diagnosis("credentials_refused", "Refused. Renew it in Settings > Integrations.", ("Renew it.",))
    report = check(stored, Service(ConnectionReport(False, 7, True, diagnosis)))
    assert report.diagnosis == diagnosis
    kept = stored.find("demo", "one")
    assert (kept.status, kept.status_reason.code, kept.status_reason.at) == ("error", "credentials_refused", NOW + 5)


def test_a_refusal_that_nobody_explained_is_the_integrations_error_all_the_same(stored):
    check(stored, Service(ConnectionReport(False, 7, refused=True)))
    kept = stored.find("demo", "one")
    assert kept.status == "error"
    assert "Settings > Integrations" in kept.status_reason.message


def test_the_service_is_let_go_of_whatever_happens(stored):
    service = Service(RuntimeError("a bug"))
    with pytest.raises(RuntimeError):
        check(stored, service)
    assert service.closed == 1


def test_without_credentials_the_service_is_not_even_opened(stored):
    connect = FakeConnect({})
    report = check_connection(replace(INTEGRATION, credentials_set=False), connect, stored, FakeClock(NOW))
    assert (report.connected, report.latency_ms, report.diagnosis.code) == (False, 0, "credentials_missing")
    assert connect.opened == []
    assert stored.find("demo", "one") == INTEGRATION


def test_an_address_that_may_not_be_called_is_a_finding_not_a_failure(stored):
    def connect(integration):
        raise ConfigurationRefused("The address 10.0.0.1 may not be called.")

    report = check_connection(INTEGRATION, connect, stored, FakeClock(NOW))
    assert (report.connected, report.latency_ms, report.diagnosis.code) == (False, 0, "configuration_refused")
    assert stored.find("demo", "one") == INTEGRATION


def test_our_own_outage_is_no_finding(stored):
    def connect(integration):
        raise Unavailable("KMS can't be reached")

    with pytest.raises(Unavailable):
        check_connection(INTEGRATION, connect, stored, FakeClock(NOW))


@pytest.mark.parametrize("report", [ConnectionReport(False, 7, refused=True), ConnectionReport(True, 7)])
def test_credentials_replaced_during_a_test_are_not_judged_by_the_old_ones_answer(stored, report):
    class Replaced(Service):
        def check(self):
            stored.put(replace(INTEGRATION, credentials_version=1))
            return super().check()

    assert check(stored, Replaced(report)).connected is report.connected
    assert stored.find("demo", "one") == replace(INTEGRATION, credentials_version=1)
