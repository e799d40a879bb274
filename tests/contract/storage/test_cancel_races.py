"""What a worker does between two calls of a cancel, and the other way round: on the real stores alone."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from integrations.domain.errors import JobCancelled, JobFinished, LeaseLost, Unavailable
from integrations.domain.job import Job
from integrations.domain.line import Cancellation, Finish, NextDue
from tests.contract.storage.faults import first, lost_acknowledgement
from tests.contract.storage.world import DAY_MS, LEASE_MS, NOW, DynamoWorld, a_job, leased, started


def cancel(dynamo: DynamoWorld, now: int = NOW + 1) -> Cancellation | None:
    return dynamo.cancellations.cancel("demo", "01A", "why", now)


def just_before_its_write(dynamo: DynamoWorld, happening: Callable[[], object]) -> None:
    dynamo.client.inject("transact_write_items", first(happening))


def test_a_job_that_starts_just_then_is_asked_to_end(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.intake.submit(a_job(), None, NOW)
    # The worker's own two transactions go through before the cancel's.
    just_before_its_write(dynamo, lambda: started(line, leased(line)))
    done = cancel(dynamo)
    assert done is not None
    assert (done.job.status, done.job.cancel_requested, done.due) == ("running", True, False)


def test_a_job_that_is_taken_but_not_started_just_then_ends_and_does_not_start(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.intake.submit(a_job(), None, NOW)
    just_before_its_write(dynamo, lambda: leased(line))
    done = cancel(dynamo)
    assert done is not None
    assert (done.job.status, done.due) == ("cancelled", False)
    assert dynamo.jobs.find("demo", "01A", NOW) == done.job


def test_a_job_that_ends_just_then_has_ended_so(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    ended = replace(started(line, lease), status="completed", completed_at=NOW)
    just_before_its_write(dynamo, lambda: line.finish(lease, ended, Finish()))
    with pytest.raises(JobFinished):
        cancel(dynamo)
    assert dynamo.jobs.find("demo", "01A", NOW) == ended


def test_a_line_that_is_given_back_just_then_ends_its_resting_job_at_once(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    line.advance(lease, replace(started(line, lease), step=1, not_before=NOW + DAY_MS), NOW)
    just_before_its_write(dynamo, lambda: line.release(lease, NOW))
    done = cancel(dynamo)
    assert done is not None
    assert (done.job.status, done.due) == ("cancelled", True)
    assert line.overdue(NOW + 1, 9) == [("demo", "one")]


def test_a_checkpoint_just_then_is_kept_and_the_job_asked_to_end(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    moved = replace(started(line, lease), step=1)
    just_before_its_write(dynamo, lambda: line.advance(lease, moved, NOW))
    assert cancel(dynamo) is not None
    assert line.head(lease) == replace(moved, cancel_requested=True)


def test_a_request_between_the_look_and_the_release_is_not_overlooked(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    line.advance(lease, replace(started(line, lease), step=1, not_before=NOW + DAY_MS), NOW)
    dynamo.client.inject("update_item", first(lambda: cancel(dynamo)))
    assert line.release(lease, NOW + 2) == NextDue("01A", NOW + 2)


def test_a_request_just_before_a_checkpoint_is_heard(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    moved = replace(started(line, lease), step=1)
    just_before_its_write(dynamo, lambda: cancel(dynamo))
    with pytest.raises(JobCancelled):
        line.advance(lease, moved, NOW)
    ended = replace(moved, status="cancelled", completed_at=NOW)
    line.finish(lease, ended, Finish())
    assert dynamo.jobs.find("demo", "01A", NOW) == ended


def test_a_request_just_before_the_end_does_not_undo_it(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    ended = replace(started(line, lease), status="completed", completed_at=NOW)
    just_before_its_write(dynamo, lambda: cancel(dynamo))
    line.finish(lease, ended, Finish())
    assert dynamo.jobs.find("demo", "01A", NOW) == ended


def test_a_job_cancelled_while_its_worker_looks_for_it_is_no_head(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.intake.submit(a_job("01A"), None, NOW)
    dynamo.intake.submit(a_job("01B", entity_ids=("e",)), None, NOW)
    lease = leased(line)
    dynamo.client.inject("get_item", first(lambda: cancel(dynamo)))
    head = line.head(lease)
    assert head is not None
    assert head.id == "01B"


def test_a_worker_that_comes_back_from_the_dead_writes_nothing(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    running = started(line, lease)
    cancel(dynamo, NOW + LEASE_MS)
    attempts: list[Callable[[], object]] = [
        lambda: line.advance(lease, replace(running, step=1), NOW + LEASE_MS),
        lambda: line.finish(lease, replace(running, status="completed"), Finish()),
    ]
    for attempt in attempts:
        with pytest.raises(LeaseLost):
            attempt()
    found = dynamo.jobs.find("demo", "01A", NOW)
    assert found is not None
    assert found.status == "cancelled"


def test_of_two_that_cancel_one_job_one_is_told_that_it_has_ended(dynamo: DynamoWorld):
    dynamo.intake.submit(a_job(), None, NOW)
    just_before_its_write(dynamo, lambda: cancel(dynamo))
    with pytest.raises(JobFinished):
        cancel(dynamo)


def test_a_cancel_whose_acknowledgement_is_lost_has_happened(dynamo: DynamoWorld):
    dynamo.intake.submit(a_job(), None, NOW)
    dynamo.client.inject("transact_write_items", lost_acknowledgement)
    with pytest.raises(Unavailable):
        cancel(dynamo)
    with pytest.raises(JobFinished):
        cancel(dynamo)


def test_a_job_that_never_holds_still_is_unavailable(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    job: Job = started(line, lease)

    def take_turns() -> None:
        nonlocal lease
        if line.release(lease, NOW) is not None:
            lease = leased(line)

    assert job.status == "running"
    for _ in range(6):
        # Each attempt finds the lease of before given back, and another one taken.
        dynamo.client.inject("transact_write_items", first(take_turns), first(lambda: None))
    with pytest.raises(Unavailable):
        cancel(dynamo)
