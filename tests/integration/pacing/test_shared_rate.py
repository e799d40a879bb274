"""Processes that share one key keep to its rate together, and use it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.integration.pacing.served_table import served_table
from tests.simulators.process import REPOSITORY, RunningSimulator, start_simulator

RATE = 10


@dataclass(frozen=True, slots=True)
class Run:
    """`seconds_factor` is the time it took, divided by the least time in which the service takes so many calls."""

    seconds_factor: float
    refused: int
    requests: int
    stored: int
    table_calls: int


@pytest.fixture(scope="module")
def loops() -> Iterator[RunningSimulator]:
    with start_simulator("loops") as simulator:
        yield simulator


def run(loops: RunningSimulator, processes: int, contacts: int) -> Run:
    loops.admin.reset()
    with served_table() as (endpoint, table):
        orders = {"endpoint": endpoint, "table": table, "url": loops.url, "key": "sim-key", "contacts": contacts}
        senders = [_start({**orders, "name": f"process{number}"}) for number in range(processes)]
        for sender in senders:
            assert sender.stdin
            sender.stdin.write("go\n")
            sender.stdin.flush()
        done = [json.loads(sender.communicate(timeout=60)[0]) for sender in senders]
    assert [each["statuses"] for each in done] == [{"200": contacts}] * processes
    statuses = [entry["status"] for entry in loops.admin.requests()]
    return Run(
        max(each["seconds"] for each in done) / (processes * contacts / RATE),
        statuses.count(429),
        len(statuses),
        len(loops.admin.dump()),
        sum(each["tableCalls"] for each in done),
    )


def _start(orders: dict[str, object]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.integration.pacing.sender"]
    environment = {**os.environ, "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'layers' / 'core'}"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    sender = subprocess.Popen(command, cwd=REPOSITORY, env=environment, text=True, **pipes)
    assert sender.stdin and sender.stdout
    sender.stdin.write(json.dumps(orders) + "\n")
    sender.stdin.flush()
    assert sender.stdout.readline() == "ready\n"
    return sender


def test_one_process_uses_the_rate_and_is_never_refused(loops: RunningSimulator):
    done = _undisturbed(loops, 1, 40, seconds_factor_maximum=1.20)
    assert done.refused == 0


def test_two_processes_share_the_rate(loops: RunningSimulator):
    done = _undisturbed(loops, 2, 40, seconds_factor_maximum=1.25)
    assert done.refused <= 0.01 * done.requests
    assert done.table_calls <= 6 * done.seconds_factor * done.requests / RATE


def _undisturbed(loops: RunningSimulator, processes: int, contacts: int, seconds_factor_maximum: float) -> Run:
    """A run in good time; where a busy machine held one up, the second or third is."""
    for _ in range(3):
        done = run(loops, processes, contacts)
        assert done.stored == processes * contacts
        if done.seconds_factor <= seconds_factor_maximum:
            return done
    pytest.fail(f"the rate was not used: {done}")
