"""The simulators, one process each for the whole session."""

from collections.abc import Iterator

import pytest

from tests.contract.providers.google_search_console_kit import SearchConsole, start_search_console
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
def search_console_process() -> Iterator[SearchConsole]:
    """Search Console, with one service account."""
    console = start_search_console()
    with console.simulator:
        yield console


@pytest.fixture
def search_console(search_console_process: SearchConsole) -> Iterator[SearchConsole]:
    """Search Console with nothing seeded, and no fault to come."""
    search_console_process.start_over()
    yield search_console_process
    search_console_process.start_over()
