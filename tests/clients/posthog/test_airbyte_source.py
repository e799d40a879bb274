"""Airbyte's PostHog source reads from the simulator, and falls into the traps it is known to fall into."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulators.process import RunningSimulator, start_simulator

COMMAND = str(Path(sys.executable).with_name("source-posthog"))


@pytest.fixture(scope="module")
def process() -> Iterator[RunningSimulator]:
    with start_simulator("posthog") as simulator:
        yield simulator


@pytest.fixture
def simulator(process: RunningSimulator) -> RunningSimulator:
    process.admin.reset()
    process.admin.seed({"distinct_ids": [f"p{n}"], "created_at": "2026-01-01T00:00:00Z"} for n in range(130))
    return process


def run(folder: Path, simulator: RunningSimulator, verb: str, *more: str, key: str = "phx_sim") -> list[dict[str, Any]]:
    """What the source prints for `check`, or for `read` of one stream."""
    config = folder / "config.json"
    start = {"start_date": "2026-06-01T00:00:00Z", "events_time_step": 91}
    config.write_text(json.dumps({"base_url": simulator.url, "api_key": key, **start}))
    command = [COMMAND, verb, "--config", str(config), *more]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def read(folder: Path, simulator: RunningSimulator, stream: str) -> int:
    """How many records a full refresh of the stream reads."""
    described = {"name": stream, "json_schema": {}, "supported_sync_modes": ["full_refresh"]}
    chosen = {"stream": described, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}
    catalog = folder / "catalog.json"
    catalog.write_text(json.dumps({"streams": [chosen]}))
    messages = run(folder, simulator, "read", "--catalog", str(catalog))
    return sum(message["type"] == "RECORD" for message in messages)


def status(messages: list[dict[str, Any]]) -> str:
    """The verdict of a check."""
    return next(each["connectionStatus"]["status"] for each in messages if each["type"] == "CONNECTION_STATUS")


def test_a_check_succeeds_with_the_right_key_and_fails_with_another(
    simulator: RunningSimulator, tmp_path: Path
) -> None:
    assert status(run(tmp_path, simulator, "check")) == "SUCCEEDED"
    assert status(run(tmp_path, simulator, "check", key="phx_unknown")) == "FAILED"


def test_a_short_page_is_taken_for_the_last_one(simulator: RunningSimulator, tmp_path: Path) -> None:
    assert read(tmp_path, simulator, "persons") == 98
    simulator.admin.configure(personGhostEvery=0)
    assert read(tmp_path, simulator, "persons") == 130
    queries = [entry["query"] for entry in simulator.admin.requests(path="/persons")]
    assert queries == [{"limit": "100"}, {"limit": "100"}, {"limit": "100", "offset": "100"}]


def test_a_clamped_page_loses_the_oldest_events(simulator: RunningSimulator, tmp_path: Path) -> None:
    simulator.admin.call("POST", "generate", {"events": 1_200, "tied": 0, "late": 0, "persons": 0})
    assert read(tmp_path, simulator, "events") == 1_000
    assert simulator.admin.requests(path="/events/")[0]["query"]["limit"] == "10000"
    simulator.admin.configure(pageLimitMaximum=10_000)
    assert read(tmp_path, simulator, "events") == 1_200
