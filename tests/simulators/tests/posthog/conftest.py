"""One PostHog simulator for all its tests, reset before each."""

from collections.abc import Iterator

import pytest

from tests.simulators.admin_client import AdminClient
from tests.simulators.process import RunningSimulator, start_simulator
from tests.simulators.tests.posthog.posthog_calls import PostHogCalls


@pytest.fixture(scope="session")
def posthog_process() -> Iterator[RunningSimulator]:
    """The PostHog simulator, without rate limits."""
    with start_simulator("posthog", config={"rateLimits": False}) as simulator:
        yield simulator


@pytest.fixture
def posthog(posthog_process: RunningSimulator) -> RunningSimulator:
    """The PostHog simulator with nothing in it."""
    posthog_process.admin.reset()
    return posthog_process


@pytest.fixture
def admin(posthog: RunningSimulator) -> AdminClient:
    """Its admin routes."""
    return posthog.admin


@pytest.fixture
def calls(posthog: RunningSimulator) -> Iterator[PostHogCalls]:
    """Calls with a key that may do everything in one project."""
    made = PostHogCalls(posthog.url)
    yield made
    made.http.close()
