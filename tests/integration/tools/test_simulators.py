"""The stack's simulators as processes: their keys open them, and they come back with what they held."""

import os
import signal

import httpx
import pytest

from integrations.domain.ulid import new_ulid
from tests.simulators.admin_client import AdminClient
from tools.stack import places, simulators
from tools.stack.simulators import described, start_simulators

SERVICES = ("loops", "posthog", "google_search_console")


@pytest.fixture
def processes(monkeypatch):
    """The processes that were started, one after another; ended with the test."""
    started = []
    actual = simulators.start_simulator

    def recorded(service, **options):
        started.append(actual(service, **options))
        return started[-1]

    monkeypatch.setattr(simulators, "start_simulator", recorded)
    yield started
    for each in started:
        each.stop()


@pytest.fixture
def start(monkeypatch, tmp_path, processes):
    """Starts simulators of these services in a folder of their own."""
    monkeypatch.setattr(simulators, "service_types", lambda: SERVICES)
    monkeypatch.setattr(places, "SIMULATED", tmp_path / "simulators")
    monkeypatch.setattr(places, "LOGS", tmp_path / "logs")
    return start_simulators


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


def test_the_keys_in_stack_json_open_every_simulator(start):
    found = described(start({}))
    loops, posthog, search = (found[service] for service in SERVICES)
    with httpx.Client(trust_env=False) as http:
        assert http.get(f"{loops['url']}/api/v1/api-key", headers=bearer(loops["apiKey"])).status_code == 200
        project = f"{posthog['url']}/api/projects/{posthog['projectId']}/"
        assert http.get(project, headers=bearer(posthog["personalApiKey"])).status_code == 200
        grant = {"grant_type": "refresh_token", "refresh_token": search["refreshToken"]}
        client = {"client_id": search["clientId"], "client_secret": search["clientSecret"]}
        token = http.post(search["serviceAccount"]["token_uri"], data=grant | client).json()["access_token"]
        sites = http.get(f"{search['url']}/webmasters/v3/sites", headers=bearer(token)).json()["siteEntry"]
        assert [site["siteUrl"] for site in sites] == [search["siteUrl"]]


def test_a_simulator_comes_back_at_its_address_with_its_keys_and_data(start):
    before = start({})
    email = f"{new_ulid(0, os.urandom(10)).lower()}@example.com"
    AdminClient(before["loops"].admin_url).seed([{"email": email}])
    for simulator in before.values():
        simulator.process.stop()
    after = start(before)
    assert described(after) == described(before)
    assert [each["email"] for each in AdminClient(after["loops"].admin_url).dump(email=email)] == [email]
    assert (places.SIMULATED / "loops.json").stat().st_mode & 0o777 == 0o600


def test_a_simulator_that_was_killed_comes_back_as_it_began(start):
    before = start({})
    os.kill(before["posthog"].pid, signal.SIGKILL)
    for simulator in before.values():
        simulator.process.stop()
    after = start(before)
    assert described(after) == described(before)
    assert AdminClient(after["posthog"].admin_url).dump(kind="persons")


def test_none_is_left_running_when_one_does_not_start(start, processes, monkeypatch):
    recorded = simulators.start_simulator

    def failing(service, **options):
        if service == "posthog":
            raise RuntimeError("posthog didn't start")
        return recorded(service, **options)

    monkeypatch.setattr(simulators, "start_simulator", failing)
    with pytest.raises(RuntimeError, match="posthog"):
        start({})
    [loops] = processes
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{loops.admin_url}/health", trust_env=False)
