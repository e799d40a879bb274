"""The simulators, one process each for the whole session."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from integrations.providers.loops.provider import LoopsProvider
from tests.contract.providers.google_search_console_kit import SearchConsole, start_search_console
from tests.contract.providers.loops_kit import open_loops, settings_for
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


@pytest.fixture(scope="session")
def loops_process() -> Iterator[RunningSimulator]:
    """Loops, with its default key, mailing lists and no custom properties."""
    with start_simulator("loops") as simulator:
        yield simulator


@pytest.fixture
def loops(loops_process: RunningSimulator) -> Iterator[RunningSimulator]:
    """Loops with no contacts, and no fault to come."""
    loops_process.admin.reset()
    yield loops_process
    loops_process.admin.reset()


@pytest.fixture
def open_team(loops: RunningSimulator) -> Iterator[Callable[..., LoopsProvider]]:
    """Opens providers of the simulated team, with more configuration if need be."""
    opened = []

    def open_with(**config: Any) -> LoopsProvider:
        opened.append(open_loops(loops, settings_for(loops), **config))
        return opened[-1]

    yield open_with
    for provider in opened:
        provider.close()
