"""One simulator process for the whole run, reset before each test."""

from collections.abc import Callable, Iterator

import pytest

from tests.simulators.admin_client import AdminClient
from tests.simulators.process import RunningSimulator, start_simulator
from tests.simulators.tests.sanity_calls import SanityCalls


@pytest.fixture(scope="session")
def sanity_process() -> Iterator[RunningSimulator]:
    """The Sanity simulator, without rate limits."""
    with start_simulator("sanity", config={"rateLimits": False}) as simulator:
        yield simulator


@pytest.fixture
def sanity(sanity_process: RunningSimulator) -> RunningSimulator:
    """The Sanity simulator with nothing in it."""
    sanity_process.admin.reset()
    return sanity_process


@pytest.fixture
def admin(sanity: RunningSimulator) -> AdminClient:
    """The admin routes of a Sanity simulator with nothing in it."""
    return sanity.admin


@pytest.fixture
def calls_as(sanity: RunningSimulator) -> Iterator[Callable[..., SanityCalls]]:
    """Makes calls with the token, or the project, that is given."""
    made: list[SanityCalls] = []

    def make(token: str | None = "sim-editor", **options: str) -> SanityCalls:
        made.append(SanityCalls(sanity.url, token, **options))
        return made[-1]

    yield make
    for calls in made:
        calls.http.close()


@pytest.fixture
def calls(calls_as: Callable[..., SanityCalls]) -> SanityCalls:
    """An editor's calls to a Sanity simulator with nothing in it."""
    return calls_as()
