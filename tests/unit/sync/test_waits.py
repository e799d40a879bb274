"""When a job waits for its service: how long, who is told, and who ends the wait."""

from dataclasses import replace

import pytest

from integrations.domain.errors import OutcomeUnknown, RateLimited, RetryLater
from integrations.sync.recover import recover_overdue
from tests.unit.sync.world import INTEGRATION, PROJECT, World

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def waits_of(world: World, job_id: str, looks: int) -> list[int]:
    """The waits in milliseconds of so many looks, each at the end of the wait before."""
    waits = []
    for _ in range(looks):
        world.clock.now = max(world.clock.now, (world.job(job_id).not_before or 0) + 1)
        assert world.look().end == "waiting"
        waits.append((world.job(job_id).not_before or 0) - world.clock())
    return waits


@pytest.mark.parametrize("status", ["active", "pending", "error"])
@pytest.mark.parametrize("error", [RetryLater("503"), OutcomeUnknown("no answer")])
def test_a_failing_service_is_told_from_the_first_wait_and_changes_no_status(
    world: World, error: Exception, status: str
) -> None:
    world.integrations.put(replace(world.integration, status=status))  # type: ignore[arg-type]
    world.service.faults = [error] * 4
    job_id = world.trigger("push")
    assert waits_of(world, job_id, 1) == [60_000]
    assert world.integration.status == status
    assert world.integration.status_reason is not None
    assert world.integration.status_reason.code == "service_failing"
    assert [line for line in world.log(world.job(job_id)) if line.startswith("Waiting 60 s for the service")]


def test_an_integration_made_inactive_while_its_service_fails_stays_so(world: World) -> None:
    world.service.faults = [RetryLater("503")]
    job_id = world.trigger("push")
    original = world.connect.__call__

    def switch_off(*arguments: object) -> object:
        world.integrations.put(replace(world.integration, status="inactive"))
        return original(*arguments)  # type: ignore[arg-type]

    worker = world.worker()
    worker._ports = replace(worker._ports, connect=switch_off)  # type: ignore[arg-type]
    worker.look(PROJECT, INTEGRATION, world.clock() + world.slice_ms)
    assert (world.integration.status, world.integration.status_reason) == ("inactive", None)
    world.clock.now = (world.job(job_id).not_before or 0) + 1
    world.look()
    assert world.job(job_id).status == "cancelled"


def test_a_rate_limit_without_a_time_begins_with_ten_seconds_that_nobody_is_told_of(world: World) -> None:
    world.service.faults = [RateLimited("too many")] * 5
    job_id = world.trigger("push")
    assert waits_of(world, job_id, 1) == [10_000]
    assert world.integration.status_reason is None
    assert waits_of(world, job_id, 4) == [60_000, 120_000, 240_000, 480_000]
    assert world.integration.status_reason is not None


def test_progress_begins_the_waits_anew(world: World) -> None:
    world.service.faults = [RetryLater("503"), RetryLater("503"), None, RetryLater("503")]
    job_id = world.trigger("push")
    assert waits_of(world, job_id, 3) == [60_000, 120_000, 60_000]
    assert world.job(job_id).progress.completed == 4


def test_a_service_that_fails_with_a_time_of_its_own_is_given_up_after_a_day_too(world: World) -> None:
    world.service.faults = [RetryLater("503", retry_after_seconds=3_600)] * 100
    job_id = world.trigger("push")
    started = world.clock()
    assert waits_of(world, job_id, 24) == [HOUR_MS + 1] * 24
    assert world.integration.status_reason is not None
    world.clock.now = (world.job(job_id).not_before or 0) + 1
    assert world.look().end == "ended"
    assert world.job(job_id).status == "failed"
    assert world.log(world.job(job_id))[-1].startswith("Failed: 24 hours without progress (service_unavailable)")
    assert world.clock() - started < 25 * HOUR_MS


def test_a_days_quota_is_waited_for_as_often_as_the_service_says(world: World) -> None:
    world.service.faults = [RateLimited("the day's quota is used up", retry_after_seconds=80_000)] * 3
    job_id = world.trigger("push")
    assert waits_of(world, job_id, 3) == [80_000_001] * 3
    assert world.integration.status_reason is None
    world.clock.now = (world.job(job_id).not_before or 0) + 1
    world.look()
    assert world.job(job_id).status == "completed"


def test_a_wait_for_a_quota_is_no_time_without_progress(world: World) -> None:
    quota = RateLimited("the day's quota is used up", retry_after_seconds=DAY_MS / 1_000)
    world.service.faults = [quota, RetryLater("503")]
    job_id = world.trigger("push")
    assert waits_of(world, job_id, 2) == [DAY_MS + 1, 60_000]


def test_a_wait_within_the_queues_delay_is_ended_by_its_own_message(world: World) -> None:
    world.service.faults = [RateLimited("too many", retry_after_seconds=900)]
    job_id = world.trigger("push")
    world.look()
    [message] = world.wake_ups.sent
    assert world.clock() + message.delay_ms == (world.job(job_id).not_before or 0) - 1
    world.clock.advance(message.delay_ms)
    world.worker().look(PROJECT, INTEGRATION, world.clock() + world.slice_ms)
    assert world.wake_ups.sent[-1].delay_ms == 1
    world.clock.advance(1)
    world.worker().look(PROJECT, INTEGRATION, world.clock() + world.slice_ms)
    assert world.job(job_id).status == "completed"


def test_a_wake_up_that_comes_too_early_sends_the_rest_of_the_wait(world: World) -> None:
    world.service.faults = [RateLimited("too many", retry_after_seconds=600)]
    job_id = world.trigger("push")
    world.look()
    world.clock.advance(599_000)
    assert world.look().end == "waiting"
    assert world.clock() + world.wake_ups.sent[-1].delay_ms == world.job(job_id).not_before
    assert len(world.service.batches) == 1


def test_a_wait_beyond_the_queues_delay_is_ended_by_the_recovery_and_not_before(world: World) -> None:
    world.service.faults = [RateLimited("too many", retry_after_seconds=7_200)]
    job_id = world.trigger("push")
    world.look()
    assert not world.wake_ups.sent
    until = world.job(job_id).not_before or 0
    while world.clock() < until:
        assert recover_overdue(world.line, world.wake_ups, world.clock, 5) == 0
        world.clock.advance(60_000)
    assert recover_overdue(world.line, world.wake_ups, world.clock, 5) == 1
    assert world.clock() - until <= 60_000
    world.look()
    assert world.job(job_id).status == "completed"


@pytest.mark.parametrize("wait_seconds", [600, 7_200])
def test_no_later_job_shortens_a_wait(world: World, wait_seconds: int) -> None:
    world.service.faults = [RateLimited("too many", retry_after_seconds=wait_seconds)]
    first = world.trigger("push")
    world.look()
    until = world.job(first).not_before or 0
    second, third = world.trigger("pull", "full"), world.trigger("push", entity_ids=("a1",))
    assert recover_overdue(world.line, world.wake_ups, world.clock, 5) == 0
    assert world.line.due_in_project(PROJECT, world.clock()) is None
    for _ in range(3):
        assert world.look().end == "waiting"
    assert world.job(first).not_before == until
    assert {world.job(second).status, world.job(third).status} == {"pending"}
    world.clock.now = until
    world.look()
    assert (world.job(first).status, world.job(second).status) == ("completed", "pending")


def test_a_line_that_waits_is_not_in_the_way_of_its_projects_others(world: World) -> None:
    world.service.faults = [RateLimited("too many", retry_after_seconds=600)]
    world.trigger("push")
    world.tables.line(PROJECT, "int_2").due_at = world.clock()
    world.look()
    assert [message.integration_id for message in world.wake_ups.sent] == [INTEGRATION, "int_2"]


def test_the_recovery_gives_a_project_no_more_than_its_share(world: World) -> None:
    for number in range(5):
        world.tables.line(PROJECT, f"int_{number}").due_at = world.clock()
    world.tables.line("other", "int_9").due_at = world.clock()
    assert recover_overdue(world.line, world.wake_ups, world.clock, 2) == 3
    assert [message.project_id for message in world.wake_ups.sent].count(PROJECT) == 2
