"""The simulators, one process each for the whole session."""

from collections.abc import Iterator

import pytest

from tests.simulators.process import RunningSimulator, start_simulator


@pytest.fixture(scope="session")
def sanity_process() -> Iterator[RunningSimulator]:
    """Sanity, with its default project, dataset and tokens."""
    with start_simulator("sanity") as simulator:
        yield simulator


@pytest.fixture
def sanity(sanity_process: RunningSimulator) -> Iterator[RunningSimulator]:
    """Sanity with nothing stored, and no fault to come."""
    sanity_process.admin.reset()
    yield sanity_process
    sanity_process.admin.reset()


@pytest.fixture(scope="session")
def posthog_process() -> Iterator[RunningSimulator]:
    """PostHog, with its default projects and keys."""
    with start_simulator("posthog") as simulator:
        yield simulator


@pytest.fixture
def posthog(posthog_process: RunningSimulator) -> Iterator[RunningSimulator]:
    """PostHog with nothing stored, and no fault to come."""
    posthog_process.admin.reset()
    yield posthog_process
    posthog_process.admin.reset()
