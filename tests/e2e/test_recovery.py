"""A worker that is killed, and what follows it."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Connected
from tests.e2e.platform import Platform

pytestmark = pytest.mark.stack
ARTICLES = 1_200


def test_a_worker_killed_in_the_middle_of_a_push_is_followed_by_another(
    connect: Callable[..., Connected], platform: Platform
) -> None:
    made = connect()
    long_text = "A *long* text. " * 200
    for number in range(ARTICLES):
        made.write(f"a{number:04d}", title=f"Title {number}", body=long_text)
    made.sanity.forget_requests()
    made.sanity.fault(kind="latency", count=None, delayMs=1_000, match={"path": "/data/mutate/"})
    job_id = platform.trigger(made.id, direction="push")
    _until(lambda: any(request["status"] == 200 for request in made.sanity.mutations()))
    assert _kill_workers() > 0
    made.sanity.admin("DELETE", "faults")
    stopped = platform.job(job_id)
    assert stopped["status"] == "running"
    deadline = time.monotonic() + 90
    while platform.job(job_id)["completedAt"] is None:
        assert time.monotonic() < deadline, platform.job(job_id)
        platform.recover()
        time.sleep(1)
    job = platform.job(job_id)
    assert (job["status"], job["progress"]) == (
        "completed",
        {"total": ARTICLES, "completed": ARTICLES, "failed": 0},
    )
    documents = made.documents()
    assert len(documents) == ARTICLES
    assert {document["title"] for document in documents.values()} == {f"Title {number}" for number in range(ARTICLES)}


def _until(holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _kill_workers() -> int:
    """Kills the processes that the emulator runs the worker in; how many there were."""
    killed = 0
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if b"RunSync" in environment and int(process.name) != os.getpid():
            os.kill(int(process.name), signal.SIGKILL)
            killed += 1
    return killed
