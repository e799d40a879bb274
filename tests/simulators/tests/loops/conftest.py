"""One Loops simulator for the whole run, without rate limits, reset before each test."""

from collections.abc import Iterator

import pytest

from tests.simulators.admin_client import AdminClient
from tests.simulators.process import RunningSimulator, start_simulator
from tests.simulators.tests.loops.loops_calls import CONFIG, LoopsCalls


@pytest.fixture(scope="session")
def loops_process() -> Iterator[RunningSimulator]:
    with start_simulator("loops", config=CONFIG) as simulator:
        yield simulator


@pytest.fixture
def loops(loops_process: RunningSimulator) -> RunningSimulator:
    loops_process.admin.reset()
    return loops_process


@pytest.fixture
def admin(loops: RunningSimulator) -> AdminClient:
    return loops.admin


@pytest.fixture
def calls(loops: RunningSimulator) -> Iterator[LoopsCalls]:
    calls = LoopsCalls(loops.url)
    yield calls
    calls.http.close()
