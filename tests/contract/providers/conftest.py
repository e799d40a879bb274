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
