"""Warm time of each API handler without AWS: the stores are in memory."""

import importlib.util
import json
import logging
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from integrations.domain.job import Job
from tests.fakes.line import FakeIntake
from tests.fakes.outside import FakeWakeUps
from tests.fakes.reading import FakeJobs
from tests.fakes.stores import FakeJobLog
from tests.unit.sync.world import INTEGRATION, World

ROOT = Path(__file__).resolve().parents[2]
RUNS = 300
JOB = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
HANDLERS = ("list_integrations", "get_integration", "trigger_sync", "list_jobs", "get_job")


@dataclass
class _Variables:
    cursor_secret: bytes = b"bench"


@dataclass
class _Services:
    """What `runtime.api.services` gives, in memory."""

    world: World = field(default_factory=World)
    settings: _Variables = field(default_factory=_Variables)

    def __post_init__(self) -> None:
        self.world.tables.jobs["demo", JOB] = Job(JOB, "demo", INTEGRATION, "Push", "push", "full", self.world.clock())
        self.integrations = _Listed(self.world)
        self.jobs = FakeJobs(self.world.tables)
        self.job_log = FakeJobLog(self.world.tables)
        self.intake = FakeIntake(self.world.tables)
        self.wake_ups = FakeWakeUps()
        self.now = self.world.clock

    def randomness(self) -> bytes:
        return b"0123456789"


class _Listed:
    def __init__(self, world: World) -> None:
        self._world = world

    def find(self, project_id: str, integration_id: str) -> Any:
        return self._world.integrations.find(project_id, INTEGRATION)

    def list(self, project_id: str) -> Any:
        return [self._world.integration]


class _Context:
    function_name = "bench"
    memory_limit_in_mb = 128
    invoked_function_arn = "arn:aws:lambda:eu-central-1:000000000000:function:bench"
    aws_request_id = "bench"


def warm_milliseconds() -> dict[str, float]:
    """Median milliseconds by handler."""
    logging.disable(logging.CRITICAL)
    try:
        return {name: _warm(name) for name in HANDLERS}
    finally:
        logging.disable(logging.NOTSET)


def _warm(name: str) -> float:
    spec = importlib.util.spec_from_file_location(f"bench_{name}", ROOT / "functions" / name / "app.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    services = _Services()
    module.services = lambda: services  # type: ignore[attr-defined]
    event = json.loads((ROOT / "events" / f"{name}.json").read_text())
    times = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        answer = module.lambda_handler(event, _Context())
        times.append(time.perf_counter() - begin)
        assert answer["statusCode"] < 300, answer
    return statistics.median(times) * 1_000
