"""One Search Console simulator for the whole run, reset before each test."""

from collections.abc import Iterator

import httpx
import pytest

from tests.simulators.admin_client import AdminClient
from tests.simulators.google_search_console.accounts import account_to_json, new_key_file
from tests.simulators.process import RunningSimulator, start_simulator
from tests.simulators.tests.google_search_console.console_calls import ConsoleCalls, http_client

READER = "reader@simproject.iam.gserviceaccount.com"


@pytest.fixture(scope="session")
def console_process() -> Iterator[tuple[RunningSimulator, dict[str, str]]]:
    """The simulator, and the key file of the service account it knows; without quotas."""
    account, key_file = new_key_file(READER, "https://oauth2.googleapis.com/token")
    config = {"quotas": False, "serviceAccounts": [account_to_json(account)]}
    with start_simulator("google_search_console", config=config) as simulator:
        yield simulator, key_file


@pytest.fixture
def console(console_process: tuple[RunningSimulator, dict[str, str]]) -> RunningSimulator:
    """The simulator with nothing in it, on 2026-02-10 in California."""
    simulator, _ = console_process
    simulator.admin.reset()
    simulator.admin.set_clock(now="2026-02-10T20:00:00Z", frozen=True)
    return simulator


@pytest.fixture
def key_file(console_process: tuple[RunningSimulator, dict[str, str]]) -> dict[str, str]:
    """The key file of the service account it knows."""
    return console_process[1]


@pytest.fixture(scope="session")
def foreign_key_file() -> dict[str, str]:
    """A key file with the same address, and a key that the simulator doesn't know."""
    return new_key_file(READER, "https://oauth2.googleapis.com/token")[1]


@pytest.fixture
def admin(console: RunningSimulator) -> AdminClient:
    """The admin routes of a simulator with nothing in it."""
    return console.admin


@pytest.fixture(scope="session")
def http(console_process: tuple[RunningSimulator, dict[str, str]]) -> Iterator[httpx.Client]:
    """One connection for the whole run."""
    with http_client(console_process[0].url) as client:
        yield client


@pytest.fixture
def calls(console: RunningSimulator, http: httpx.Client) -> ConsoleCalls:
    """Calls to a simulator with nothing in it."""
    assert str(http.base_url).rstrip("/") == console.url
    return ConsoleCalls(http)
