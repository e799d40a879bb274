"""Cancelling a job: at once, or at the next batch."""

import pytest

from integrations.domain.errors import JobFinished, JobNotFound, RateLimited
from integrations.sync.cancel import cancel_job
from tests.fakes.cancel import FakeCancellations
from tests.unit.sync.world import INTEGRATION, PROJECT, World


def cancel(world: World, job_id: str) -> tuple[str, bool]:
    """The job's status then, and whether its line was woken where that was due."""
    job, awake = cancel_job(PROJECT, job_id, FakeCancellations(world.tables), world.wake_ups, world.clock())
    return job.status, awake


def test_a_job_that_waits_for_its_service_ends_at_once_and_the_next_begins(world: World) -> None:
    world.service.faults = [RateLimited("too many", retry_after_seconds=7_200)]
    first, second = world.trigger("push"), world.trigger("push", entity_ids=("a1",))
    assert world.look().end == "waiting"
    assert cancel(world, first) == ("cancelled", True)
    assert world.wake_ups.sent[-1].integration_id == INTEGRATION
    world.look()
    assert world.job(second).status == "completed"
    assert world.job(first).status == "cancelled"


def test_a_job_cancelled_while_it_is_worked_on_ends_at_the_next_batch(world: World) -> None:
    job_id = world.trigger("push")
    original = world.service.push_batch

    def push_and_cancel(*arguments: object) -> object:
        assert cancel(world, job_id) == ("running", True)
        return original(*arguments)  # type: ignore[arg-type]

    world.service.push_batch = push_and_cancel  # type: ignore[method-assign,assignment]
    world.look()
    job = world.job(job_id)
    assert (job.status, job.progress.completed) == ("cancelled", 4)


def test_a_job_cancelled_as_its_slice_ends_makes_no_other_batch(world: World) -> None:
    world.slice_ms = 1
    job_id = world.trigger("push")
    world.look()
    world.tables.request_cancel(PROJECT, job_id)
    batches = len(world.service.batches)
    assert world.look().end == "ended"
    assert world.job(job_id).status == "cancelled"
    assert len(world.service.batches) == batches
    assert "Cancelled: what was done stays done" in world.log(world.job(job_id))


def test_a_job_cancelled_before_its_worker_starts_it_is_given_up_quietly(world: World) -> None:
    job_id = world.trigger("push")
    original = world.line.start

    def cancel_and_start(*arguments: object) -> None:
        assert cancel(world, job_id)[0] == "cancelled"
        original(*arguments)  # type: ignore[arg-type]

    world.line.start = cancel_and_start  # type: ignore[method-assign]
    assert world.look().end == "ended"
    assert world.job(job_id).status == "cancelled"
    assert not world.service.batches
    assert world.log(world.job(job_id)) == ["Cancelled: what was done stays done"]
    assert world.line.acquire(PROJECT, INTEGRATION, "next", world.clock()) is not None


def test_what_cannot_be_cancelled_is_said(world: World) -> None:
    job = world.run("push")
    with pytest.raises(JobFinished):
        cancel(world, job.id)
    with pytest.raises(JobNotFound):
        cancel(world, "nothing")


def test_a_queue_out_of_reach_is_no_reason_not_to_cancel(world: World) -> None:
    job_id = world.trigger("push")
    world.wake_ups.reachable = False
    assert cancel(world, job_id) == ("cancelled", False)
