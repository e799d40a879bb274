"""Syncs of the running stack, triggered over HTTP and followed to their end."""

import time
from collections.abc import Iterator
from typing import Any

import httpx

from tools.stack.description import StackDescription

POLL_SECONDS = 0.25

type Job = dict[str, Any]


def open_api(stack: StackDescription) -> httpx.Client:
    """Calls of the API with the demo's key for writing. Who opens it closes it."""
    headers = {"Authorization": f"Bearer {stack.key('write')}"}
    return httpx.Client(base_url=f"{stack.api_url}/api/v1", headers=headers, timeout=30, trust_env=False)


def trigger(api: httpx.Client, integration_id: str, direction: str) -> str:
    """Triggers a sync of everything; the job's id. Raises `RuntimeError` with what the API says against it."""
    answer = api.post(f"/integrations/{integration_id}/sync", json={"direction": direction})
    if not answer.is_success:
        message = f"the {direction} of {integration_id} was refused: {answer.text}"
        raise RuntimeError(message)
    return str(answer.json()["data"]["jobId"])


def followed(api: httpx.Client, job_id: str) -> Iterator[Job]:
    """The job again and again, until it has ended."""
    while True:
        job: Job = api.get(f"/jobs/{job_id}").raise_for_status().json()["data"]
        yield job
        if job["completedAt"] is not None:
            return
        time.sleep(POLL_SECONDS)


def ended(api: httpx.Client, job_id: str, seconds: float) -> Job:
    """The job when it has ended, or as it is after so many seconds."""
    deadline = time.monotonic() + seconds
    jobs = followed(api, job_id)
    job = next(jobs)
    while job["completedAt"] is None and time.monotonic() < deadline:
        job = next(jobs)
    return job


def outcome(job: Job) -> str:
    """The job's state in a few words, `completed: 12 of 12, 0 failed`; if it failed as a whole, with the reason."""
    progress = job["progress"]
    reason = f"; {job['logs'][-1]['message']}" if job["status"] == "failed" and job["logs"] else ""
    return f"{job['status']}: {progress['completed']} of {progress['total']}, {progress['failed']} failed{reason}"
