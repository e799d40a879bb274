"""Leases, slices, waits, wake-ups and endings."""

from dataclasses import replace
from unittest.mock import patch

import pytest

from integrations.domain.errors import RateLimited, ReconnectRequired, RetryLater
from integrations.domain.job import Progress
from integrations.sync.recover import recover_overdue
from tests.fakes.stores import FakeFailures
from tests.unit.sync.world import INTEGRATION, PROJECT, World


def test_a_push_longer_than_a_slice_goes_on_in_the_next(world: World) -> None:
    world.slice_ms = 1
    job_id = world.trigger("push")
    report = world.look()
    assert report.end == "continues"
    assert world.job(job_id).status == "running"
    assert 0 < world.job(job_id).progress.completed < 10
    assert world.wake_ups.sent[-1].delay_ms == 0
    while world.job(job_id).completed_at is None:
        world.look()
    assert world.job(job_id).progress == Progress(10, 10, 0)
    assert sum(len(batch) for batch in world.service.batches) == 10


def test_a_pull_longer_than_a_slice_goes_on_in_the_next(world: World) -> None:
    world.run("push")
    world.slice_ms = 1
    job = world.run("pull")
    assert job.progress == Progress(10, 10, 0)
    assert job.step > 3


def test_total_is_never_less_than_what_is_settled(world: World) -> None:
    world.slice_ms = 1
    job_id = world.trigger("push")
    while world.job(job_id).completed_at is None:
        world.look()
        progress = world.job(job_id).progress
        assert progress.total >= progress.completed + progress.failed
        assert progress.total == 10


def test_a_wake_up_that_finds_the_lease_held_does_nothing(world: World) -> None:
    job_id = world.trigger("push")
    assert world.line.acquire(PROJECT, INTEGRATION, "other", world.clock())
    assert world.look().end == "busy"
    assert world.job(job_id).status == "pending"


def test_a_services_retry_after_is_waited_out_and_never_shortened(world: World) -> None:
    world.service.faults = [RateLimited("too many", retry_after_seconds=1_200)]
    job_id = world.trigger("push")
    asked_at = world.clock()
    assert world.look().end == "waiting"
    assert world.job(job_id).status == "running"
    assert (world.job(job_id).not_before or 0) >= asked_at + 1_200_000
    assert len(world.wake_ups.sent) == 0
    world.trigger("push", entity_ids=("a1",))
    world.clock.advance(1_100_000)
    assert world.look().end == "waiting"
    assert len(world.service.batches) == 1
    world.clock.advance(100_001)
    assert world.look().end == "ended"
    assert world.job(job_id).progress == Progress(10, 10, 0)
    assert [line for line in world.log(world.job(job_id)) if line.startswith("Waiting 1200 s")]


def test_the_end_of_a_wait_is_logged_once(world: World) -> None:
    world.service.faults = [RateLimited("too many", retry_after_seconds=60)]
    job_id = world.trigger("push")
    world.look()
    world.clock.advance(60_002)
    world.slice_ms = 1
    while world.job(job_id).completed_at is None:
        world.look()
    assert world.log(world.job(job_id)).count("Resumed after waiting") == 1


def test_a_service_that_keeps_failing_is_asked_less_and_less_and_given_up_after_a_day(world: World) -> None:
    world.service.faults = [RetryLater("503")] * 1_000
    job_id = world.trigger("push")
    waits = []
    while world.job(job_id).completed_at is None:
        before = world.clock()
        world.look()
        waits.append(((world.job(job_id).not_before or before) - before) // 60_000)
        world.clock.now = max(world.clock.now, world.job(job_id).not_before or 0)
    assert waits[:7] == [1, 2, 4, 8, 16, 32, 60]
    assert world.job(job_id).status == "failed"
    assert [line for line in world.log(world.job(job_id)) if "service_unavailable" in line]
    assert len(world.service.batches) < 40


def test_a_failing_service_is_named_on_the_integration_until_a_job_completes(world: World) -> None:
    world.service.faults = [RetryLater("503"), RetryLater("503")]
    job_id = world.trigger("push")
    for _ in range(2):
        world.look()
        world.clock.now = max(world.clock.now, world.job(job_id).not_before or 0)
    assert world.integration.status == "active"
    assert world.integration.status_reason is not None
    assert world.integration.status_reason.code == "service_failing"
    assert world.look().end == "ended"
    assert (world.integration.status, world.integration.status_reason) == ("active", None)


def test_refused_credentials_end_the_job_and_mark_the_integration(world: World) -> None:
    world.service.faults = [ReconnectRequired("Session not found")]
    job = world.run("push")
    assert job.status == "failed"
    assert len(world.service.batches) == 1
    assert world.integration.status == "error"
    assert world.integration.status_reason is not None
    assert world.integration.status_reason.code == "credentials_refused"


def test_an_inactive_integration_cancels_its_jobs(world: World) -> None:
    job_id = world.trigger("push")
    world.integrations.put(replace(world.integration, status="inactive"))
    world.look()
    assert world.job(job_id).status == "cancelled"
    assert not world.service.batches


def test_jobs_of_one_integration_run_oldest_first(world: World) -> None:
    first = world.trigger("push", entity_ids=("a1",))
    second = world.trigger("push", entity_ids=("a2",))
    world.look()
    assert (world.job(first).status, world.job(second).status) == ("completed", "pending")
    assert world.wake_ups.sent[-1].integration_id == INTEGRATION
    world.look()
    assert world.job(second).status == "completed"


def test_an_identical_job_that_never_ran_is_joined(world: World) -> None:
    assert world.trigger("push") == world.trigger("push")
    assert world.trigger("push") != world.trigger("pull")


def test_a_worker_that_stopped_dead_is_followed_by_another(world: World) -> None:
    world.slice_ms = 1
    job_id = world.trigger("push")
    world.look()
    assert world.line.acquire(PROJECT, INTEGRATION, "dies", world.clock())
    assert recover_overdue(world.line, world.wake_ups, world.clock, 5) == 0
    world.clock.advance(70_000)
    sent = len(world.wake_ups.sent)
    assert recover_overdue(world.line, world.wake_ups, world.clock, 5) == 1
    assert len(world.wake_ups.sent) == sent + 1
    while world.job(job_id).completed_at is None:
        world.look()
    assert world.job(job_id).progress == Progress(10, 10, 0)


def test_five_dead_workers_at_one_place_fail_the_job(world: World) -> None:
    job_id = world.trigger("push")
    for number in range(5):
        world.line.acquire(PROJECT, INTEGRATION, f"dies-{number}", world.clock())
        world.clock.advance(70_000)
    world.look()
    assert world.job(job_id).status == "failed"
    assert [line for line in world.log(world.job(job_id)) if "workers stopped 5 times" in line]


def test_a_worker_whose_lease_was_taken_writes_nothing_more(world: World) -> None:
    job_id = world.trigger("push")

    def lose_the_lease() -> None:
        world.clock.advance(70_000)
        world.line.acquire(PROJECT, INTEGRATION, "thief", world.clock())

    original = world.service.push_batch

    def push_and_lose(*arguments: object) -> object:
        outcomes = original(*arguments)  # type: ignore[arg-type]
        if len(world.service.batches) == 2:
            lose_the_lease()
        return outcomes

    world.service.push_batch = push_and_lose  # type: ignore[method-assign,assignment]
    assert world.look().end == "lease_lost"
    assert world.job(job_id).progress.completed == 4
    assert world.line.acquire(PROJECT, INTEGRATION, "third", world.clock()) is None


def test_a_cancelled_job_stops_at_the_next_batch_with_true_counts(world: World) -> None:
    job_id = world.trigger("push")
    original = world.service.push_batch

    def push_and_cancel(*arguments: object) -> object:
        world.tables.request_cancel(PROJECT, job_id)
        return original(*arguments)  # type: ignore[arg-type]

    world.service.push_batch = push_and_cancel  # type: ignore[method-assign,assignment]
    world.look()
    job = world.job(job_id)
    assert (job.status, job.progress.completed) == ("cancelled", 4)
    assert len(world.service.documents) == 4


def test_every_record_of_a_repeated_batch_counts_once(world: World) -> None:
    world.service.poisoned = {"a1", "a6"}
    job_id = world.trigger("push")
    original, calls = world.line.advance, []

    def die_before_the_second_checkpoint(*arguments: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return original(*arguments)  # type: ignore[arg-type]

    world.line.advance = die_before_the_second_checkpoint  # type: ignore[method-assign,assignment]
    try:
        world.look()
    except RuntimeError:
        world.clock.advance(70_000)
    while world.job(job_id).completed_at is None:
        world.look()
    job = world.job(job_id)
    assert job.progress == Progress(10, 8, 2)
    assert len([line for line in world.log(job) if "not a valid document" in line]) == 2
    assert job.failure_reasons == {"validation": 2}


def test_a_failure_that_ended_is_forgotten_though_its_worker_stopped_before_it_could(world: World) -> None:
    world.service.poisoned = {"a1"}
    world.run("push")
    world.service.poisoned = set()
    world.write("a1", title="Corrected")
    job_id = world.trigger("push")
    with patch.object(FakeFailures, "clear", side_effect=RuntimeError("killed")), pytest.raises(RuntimeError):
        world.look()
    world.clock.advance(70_000)
    assert world.failures("push")
    world.look()
    assert world.job(job_id).progress == Progress(10, 10, 0)
    assert world.failures("push") == {}


def test_a_cancelled_job_forgets_the_failures_that_it_ended(world: World) -> None:
    world.service.poisoned = {"a1"}
    world.run("push")
    world.service.poisoned = set()
    world.write("a1", title="Corrected")
    job_id = world.trigger("push", entity_ids=("a1", "a2"))
    original = world.service.push_batch

    def push_and_cancel(*arguments: object) -> object:
        world.tables.request_cancel(PROJECT, job_id)
        return original(*arguments)  # type: ignore[arg-type]

    world.service.push_batch = push_and_cancel  # type: ignore[method-assign,assignment]
    world.look()
    job = world.job(job_id)
    assert (job.status, job.progress.completed, job.progress.failed) == ("cancelled", 2, 0)
    assert world.failures("push") == {}
