"""Who holds the lease no longer changes nothing, whatever the state of line and job; who still holds it can."""

from dataclasses import replace

import pytest

from integrations.domain.errors import LeaseLost
from integrations.domain.job import Job, Lease
from integrations.domain.line import Finish, NextDue
from integrations.sync.ports import Line
from tests.contract.storage.world import LEASE_MS, NOW, World, a_job, leased, started

AFTER_LEASE = NOW + LEASE_MS


def refuses_all(line: Line, lease: Lease, job: Job) -> bool:
    attempts = [
        lambda: line.start(lease, replace(job, status="running", started_at=NOW + 7)),
        lambda: line.advance(lease, replace(job, status="running", step=job.step + 1), NOW),
        lambda: line.finish(lease, replace(job, status="failed", completed_at=NOW), Finish(last_sync_at=NOW)),
        lambda: line.release(lease, NOW),
    ]
    for attempt in attempts:
        with pytest.raises(LeaseLost):
            attempt()
    return True


def head_of(line: Line, lease: Lease) -> Job:
    job = line.head(lease)
    assert job is not None
    return job


def test_a_job_that_waits_is_not_begun_nor_ended_by_an_earlier_holder(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    old = leased(line, owner="old")
    pending = head_of(line, old)
    new = leased(line, owner="new", now=AFTER_LEASE)
    assert refuses_all(line, old, pending)
    assert head_of(line, new) == pending


def test_a_line_that_was_taken_and_given_back_is_not_its_earlier_holders(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    old = leased(line, owner="old")
    running = started(line, old)
    line.release(leased(line, owner="new", now=AFTER_LEASE), AFTER_LEASE)
    assert refuses_all(line, old, running)
    assert head_of(line, leased(line, owner="third", now=AFTER_LEASE)) == running


def test_an_owner_that_comes_again_is_another_holder(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    old = leased(line, owner="same")
    running = started(line, old)
    new = leased(line, owner="same", now=AFTER_LEASE)
    assert refuses_all(line, old, running)
    assert line.advance(new, replace(running, step=1), AFTER_LEASE).fence == new.fence


def test_a_lease_given_back_moves_nothing_more(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    running = started(line, lease)
    line.release(lease, NOW)
    with pytest.raises(LeaseLost):
        line.advance(lease, replace(running, step=1), NOW)
    with pytest.raises(LeaseLost):
        line.finish(lease, replace(running, status="failed", completed_at=NOW), Finish())


def test_a_job_that_has_ended_is_neither_begun_nor_moved_again(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    running = started(line, lease)
    ended = replace(running, status="completed", completed_at=NOW)
    line.finish(lease, ended, Finish())
    for attempt in (lambda: line.start(lease, running), lambda: line.advance(lease, replace(running, step=1), NOW)):
        with pytest.raises(LeaseLost):
            attempt()
    assert world.jobs.find("demo", "01A", NOW) == ended


def test_no_second_job_begins_while_one_runs(world: World):
    line = world.line()
    world.intake.submit(a_job("01A"), None, NOW)
    world.intake.submit(a_job("01B", mode="resync"), None, NOW)
    lease = leased(line)
    running = started(line, lease)
    with pytest.raises(LeaseLost):
        line.start(lease, a_job("01B", mode="resync", status="running", started_at=NOW))
    assert head_of(line, lease) == running


def test_whoever_comes_late_hears_that_and_not_of_a_cancel(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    old = leased(line, owner="old")
    running = started(line, old)
    world.request_cancel("01A")
    with pytest.raises(LeaseLost):
        line.advance(old, replace(running, step=1), AFTER_LEASE)
    leased(line, owner="new", now=AFTER_LEASE)
    assert refuses_all(line, old, running)


def test_a_lease_that_ran_out_and_that_nobody_took_can_be_ended_in_order(world: World):
    line = world.line()
    world.intake.submit(a_job("01A"), None, NOW)
    world.intake.submit(a_job("01B", mode="resync"), None, NOW)
    lease = leased(line)
    running = started(line, lease)
    line.finish(lease, replace(running, status="completed", completed_at=AFTER_LEASE), Finish())
    assert line.release(lease, AFTER_LEASE) == NextDue("01B", AFTER_LEASE)
    assert leased(line, owner="new", now=AFTER_LEASE).recoveries == 0
