from dataclasses import replace

import pytest

from integrations.api.envelopes import CancelAnswer, JobAnswer
from integrations.domain.errors import Unavailable
from integrations.domain.job import Job
from integrations.runtime.api import services
from integrations.storage.leases import LeaseTerms
from integrations.storage.lines import LineStore
from integrations.storage.table import Table
from tests.api_world import OUR_JOB, World
from tests.integration.api.conftest import LogLines
from tests.integration.api.gateway import Answer
from tests.integration.api.managing import call
from tests.integration.api.test_sync import received


def cancel(world: World, job_id: str = OUR_JOB) -> Answer:
    return call(world, "POST", f"/jobs/{job_id}/cancel", key="write")


def shown(world: World, job_id: str = OUR_JOB) -> Answer:
    answer = call(world, "GET", f"/jobs/{job_id}", key="read")
    answer.require(JobAnswer)
    return answer


def begin(world: World, table: Table) -> Job:
    """A worker takes the line and starts the job."""
    line = LineStore(table, LeaseTerms(60_000, 9))
    now = services().now()
    lease = line.acquire(world.ours, "int_active", "worker", now)
    assert lease is not None
    head = line.head(lease)
    assert head is not None
    running = replace(head, status="running", started_at=now)
    line.start(lease, running)
    return running


def test_a_job_that_waits_is_cancelled_at_once_and_its_line_woken(world: World):
    received()
    answer = cancel(world)
    assert answer.status == 202
    answer.require(CancelAnswer)
    assert answer.body["data"]["status"] == "cancelled"
    assert answer.body["data"]["completedAt"] is not None
    job = shown(world).body["data"]
    assert job | {"logs": []} == answer.body["data"] | {"logs": []}
    assert [entry["message"] for entry in job["logs"]] == ["Cancelled: what was done stays done"]
    assert received() == [{"projectId": world.ours, "integrationId": "int_active"}]


def test_a_job_that_is_worked_on_goes_on_to_its_next_batch(world: World, table: Table):
    begin(world, table)
    received()
    for _ in range(2):
        answer = cancel(world)
        assert (answer.status, answer.body["data"]["status"]) == (202, "running")
        answer.require(CancelAnswer)
    assert received() == []


def test_a_job_that_has_ended_is_a_conflict(world: World):
    cancel(world)
    answer = cancel(world)
    assert (answer.status, answer.code) == (409, "job_finished")
    assert "cancelled" in answer.body["error"]["message"]


def test_a_queue_out_of_reach_cancels_all_the_same(world: World, log_lines: LogLines, monkeypatch: pytest.MonkeyPatch):
    def send(*_: object) -> None:
        raise Unavailable("the queue did not take a wake-up")

    monkeypatch.setattr(services().wake_ups, "send", send)
    assert cancel(world).body["data"]["status"] == "cancelled"
    assert [line for line in log_lines() if line.get("job_id") == OUR_JOB and line["level"] == "WARNING"]


def test_a_cancelled_sync_can_be_asked_for_again(world: World):
    first = call(world, "POST", "/integrations/int_active/sync", {"direction": "push"}).body["data"]["jobId"]
    assert call(world, "POST", "/integrations/int_active/sync", {"direction": "push"}).body["data"]["jobId"] == first
    cancel(world, first)
    assert call(world, "POST", "/integrations/int_active/sync", {"direction": "push"}).body["data"]["jobId"] != first
