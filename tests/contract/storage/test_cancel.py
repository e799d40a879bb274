from dataclasses import replace

import pytest

from integrations.domain.errors import JobCancelled, JobFinished
from integrations.domain.job import JobStatus, LogEntry, Progress
from integrations.domain.line import Cancellation, Finish, NextDue
from tests.contract.storage.world import DAY_MS, LEASE_MS, NOW, World, a_job, leased, started

WHY = "Cancelled: somebody asked"


def cancel(world: World, job_id: str = "01A", now: int = NOW + 7) -> Cancellation:
    done = world.cancellations.cancel("demo", job_id, WHY, now)
    assert done is not None
    return done


def test_a_job_that_waits_ends_at_once_and_is_joined_no_more(world: World):
    world.intake.submit(a_job(), None, NOW)
    ended = a_job(status="cancelled", completed_at=NOW + 7)
    assert cancel(world) == Cancellation(ended, due=True)
    assert world.jobs.find("demo", "01A", NOW) == ended
    assert world.intake.submit(a_job("01B"), None, NOW) == "01B"
    assert world.log.newest("demo", "01A", 9, NOW) == ([LogEntry("step-00000000-ended", NOW + 7, "warning", WHY)], 0)


def test_the_line_goes_on_with_the_next_job(world: World):
    line = world.line()
    world.intake.submit(a_job("01A"), None, NOW)
    world.intake.submit(a_job("01B", entity_ids=("e",)), None, NOW)
    lease = leased(line)
    resting = replace(started(line, lease), step=1, not_before=NOW + DAY_MS, progress=Progress(9, 4, 1))
    line.advance(lease, resting, NOW)
    assert line.release(lease, NOW) == NextDue("01A", NOW + DAY_MS)
    assert line.overdue(NOW + 7, 9) == []
    done = cancel(world)
    assert done.due
    assert (done.job.status, done.job.progress, done.job.not_before) == ("cancelled", Progress(9, 4, 1), None)
    assert line.overdue(NOW + 7, 9) == [("demo", "one")]
    head = line.head(leased(line))
    assert head is not None
    assert head.id == "01B"


def test_the_last_job_of_a_line_leaves_it_empty(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    cancel(world)
    lease = leased(line, now=NOW + 8)
    assert line.head(lease) is None
    assert line.release(lease, NOW + 8) is None
    assert line.overdue(NOW + DAY_MS, 9) == []


def test_a_job_that_a_worker_holds_ends_at_its_next_checkpoint(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    running = started(line, lease)
    asked = replace(running, cancel_requested=True)
    assert cancel(world) == cancel(world) == Cancellation(asked, due=False)
    assert world.jobs.find("demo", "01A", NOW) == line.head(lease) == asked
    with pytest.raises(JobCancelled):
        line.advance(lease, replace(running, step=1), NOW)
    ended = replace(running, status="cancelled", completed_at=NOW)
    line.finish(lease, ended, Finish())
    assert world.jobs.find("demo", "01A", NOW) == ended


def test_a_held_job_that_rests_is_due_at_once_when_it_is_cancelled(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    line.advance(lease, replace(started(line, lease), step=1, not_before=NOW + DAY_MS), NOW)
    cancel(world)
    assert line.release(lease, NOW + 8) == NextDue("01A", NOW + 8)


def test_a_job_behind_the_one_that_is_worked_on_ends_at_once(world: World):
    line = world.line()
    world.intake.submit(a_job("01A"), None, NOW)
    world.intake.submit(a_job("01B", entity_ids=("e",)), None, NOW)
    lease = leased(line)
    running = started(line, lease)
    assert cancel(world, "01B").job.status == "cancelled"
    line.advance(lease, replace(running, step=1), NOW)
    line.finish(lease, replace(running, step=1, status="completed", completed_at=NOW), Finish())
    assert line.head(lease) is None


def test_a_job_whose_worker_died_ends_at_once_and_its_death_is_not_held_against_the_next(world: World):
    line = world.line()
    world.intake.submit(a_job("01A"), None, NOW)
    world.intake.submit(a_job("01B", entity_ids=("e",)), None, NOW)
    dead = leased(line)
    started(line, dead)
    assert cancel(world, now=NOW + LEASE_MS).job.status == "cancelled"
    lease = leased(line, owner="second", now=NOW + LEASE_MS)
    assert lease.recoveries == 0
    head = line.head(lease)
    assert head is not None
    assert head.id == "01B"


def test_a_pending_job_that_is_cancelled_before_its_start_does_not_start_and_can_be_finished(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    head = line.head(lease)
    assert head is not None
    done = cancel(world)
    with pytest.raises(JobCancelled):
        line.start(lease, replace(head, status="running", started_at=NOW))
    line.finish(lease, replace(head, status="cancelled", completed_at=NOW + 99), Finish())
    assert world.jobs.find("demo", "01A", NOW) == done.job


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_a_job_that_has_ended_is_not_cancelled(world: World, status: JobStatus):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    ended = replace(started(line, lease), status=status, completed_at=NOW)
    line.finish(lease, ended, Finish())
    with pytest.raises(JobFinished, match=status):
        cancel(world)
    assert world.jobs.find("demo", "01A", NOW) == ended


def test_a_job_that_is_not_there_is_not_cancelled(world: World):
    world.intake.submit(a_job(), None, NOW)
    assert world.cancellations.cancel("other", "01A", WHY, NOW) is None
    assert world.cancellations.cancel("demo", "01B", WHY, NOW) is None
    assert world.cancellations.cancel("demo", "01A", WHY, NOW + 91 * DAY_MS) is None
