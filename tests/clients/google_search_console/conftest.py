"""Google's own clients, pointed at a Search Console simulator on loopback.

They are imported where they are used, so that a run without them can load this file.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.simulators.google_search_console.accounts import account_to_json, new_key_file
from tests.simulators.process import RunningSimulator, start_simulator

READ = "https://www.googleapis.com/auth/webmasters.readonly"
SITE = "sc-domain:example.com"
PREFIX = "https://www.example.com/"
READER = "reader@simproject.iam.gserviceaccount.com"


@pytest.fixture(scope="session")
def started() -> Iterator[tuple[RunningSimulator, dict[str, str]]]:
    """The simulator, and a key file whose key it knows."""
    account, key_file = new_key_file(READER, "")
    properties = [{"siteUrl": SITE}, {"siteUrl": PREFIX, "permissions": {READER: "siteFullUser"}}]
    config = {"serviceAccounts": [account_to_json(account)], "properties": properties}
    with start_simulator("google_search_console", config=config) as simulator:
        yield simulator, key_file | {"token_uri": f"{simulator.url}/token"}


@pytest.fixture
def simulator(started: tuple[RunningSimulator, dict[str, str]]) -> RunningSimulator:
    """The simulator with nothing in it, on 2026-02-10."""
    started[0].admin.reset()
    started[0].admin.set_clock(now="2026-02-10T20:00:00Z", frozen=True)
    return started[0]


@pytest.fixture
def key_file(started: tuple[RunningSimulator, dict[str, str]]) -> dict[str, str]:
    """A key file as its owner downloads it."""
    return started[1]


@pytest.fixture
def service_account_credentials(simulator: RunningSimulator, key_file: dict[str, str]) -> Any:
    """Credentials from the key file, for reading."""
    from google.oauth2 import service_account

    return service_account.Credentials.from_service_account_info(key_file, scopes=[READ])


@pytest.fixture
def refresh_token_credentials(simulator: RunningSimulator) -> Any:
    """A user's credentials, from a refresh token."""
    from google.oauth2.credentials import Credentials

    return Credentials(
        None,
        refresh_token="sim-refresh",
        token_uri=f"{simulator.url}/token",
        client_id="sim-client",
        client_secret="sim-secret",
        scopes=[READ],
    )


@pytest.fixture
def auth_request() -> Iterator[Any]:
    """What google-auth asks for tokens with."""
    import requests
    from google.auth.transport.requests import Request

    with requests.Session() as session:
        session.trust_env = False
        yield Request(session)


@pytest.fixture
def console_with(simulator: RunningSimulator) -> Iterator[Callable[[Any], Any]]:
    """Makes the published client, with the credentials that are given."""
    import httplib2
    from google_auth_httplib2 import AuthorizedHttp
    from googleapiclient.discovery import build

    made = []

    def make(credentials: Any) -> Any:
        http = AuthorizedHttp(credentials, http=httplib2.Http(timeout=30, proxy_info=None))
        options = {"api_endpoint": simulator.url}
        made.append(
            build(
                "searchconsole", "v1", http=http, static_discovery=True, cache_discovery=False, client_options=options
            )
        )
        return made[-1]

    yield make
    for console in made:
        console.close()
