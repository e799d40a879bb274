from dataclasses import replace

import pytest

from integrations.domain.errors import JobCancelled, LeaseLost
from integrations.domain.job import BatchCut, Progress, Suspect
from integrations.domain.line import Finish, NextDue
from tests.contract.storage.world import GRACE_MS, LEASE_MS, NOW, World, a_job, leased, started

AFTER_LEASE = NOW + LEASE_MS


def test_a_line_is_leased_to_one_worker_at_a_time(world: World):
    line = world.line()
    lease = leased(line, owner="first")
    assert (lease.fence, lease.expires_at, lease.recoveries) == (1, NOW + LEASE_MS, 0)
    assert line.acquire("demo", "one", "second", AFTER_LEASE - 1) is None


def test_a_released_line_is_free_at_once_and_its_fence_grows(world: World):
    line = world.line()
    line.release(leased(line), NOW)
    assert leased(line, owner="second").fence == 2


def test_an_expired_lease_is_taken_over_and_counted(world: World):
    line = world.line()
    leased(line, owner="first")
    second = leased(line, owner="second", now=AFTER_LEASE)
    third = leased(line, owner="third", now=AFTER_LEASE + LEASE_MS)
    assert (second.recoveries, third.recoveries, third.fence) == (1, 2, 3)


def test_recoveries_are_forgotten_by_a_moved_checkpoint_and_not_by_a_release(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    leased(line, owner="first")
    second = leased(line, owner="second", now=AFTER_LEASE)
    line.release(second, AFTER_LEASE)
    third = leased(line, owner="third", now=AFTER_LEASE)
    assert third.recoveries == 1
    cuts, suspect = (BatchCut(125, 1_000), BatchCut(15, 125)), Suspect("a1", 1)
    job = replace(started(line, third), step=1, cuts=cuts, suspect=suspect)
    extended = line.advance(third, job, AFTER_LEASE)
    assert extended.recoveries == 1
    line.release(extended, AFTER_LEASE)
    again = leased(line, owner="again", now=AFTER_LEASE)
    assert again.recoveries == 1
    assert line.head(again) == job
    moved = line.advance(replace(again, recoveries=0), replace(job, step=2), AFTER_LEASE)
    line.release(moved, AFTER_LEASE)
    assert leased(line, owner="fourth", now=AFTER_LEASE).recoveries == 0


def test_recoveries_of_a_job_are_not_held_against_the_next_one(world: World):
    line = world.line()
    world.intake.submit(a_job("01A"), None, NOW)
    leased(line, owner="first")
    second = leased(line, owner="second", now=AFTER_LEASE)
    line.finish(second, replace(started(line, second), status="failed", completed_at=NOW), Finish())
    line.release(second, AFTER_LEASE)
    assert leased(line, owner="third", now=AFTER_LEASE).recoveries == 0


def test_a_project_has_no_more_than_its_share_of_workers(world: World):
    line = world.line(share_maximum=2)
    first = leased(line, "one")
    leased(line, "two")
    assert line.acquire("demo", "three", "worker", NOW) is None
    assert line.acquire("other", "three", "worker", NOW) is not None
    line.release(first, NOW)
    assert line.acquire("demo", "three", "worker", NOW) is not None


def test_a_dead_worker_frees_its_share(world: World):
    line = world.line(share_maximum=1)
    leased(line, "one", owner="dead")
    assert line.acquire("demo", "two", "worker", AFTER_LEASE - 1) is None
    assert line.acquire("demo", "two", "worker", AFTER_LEASE) is not None


def test_taking_over_a_dead_workers_line_uses_its_share(world: World):
    line = world.line(share_maximum=1)
    leased(line, "one", owner="dead")
    leased(line, "one", owner="second", now=AFTER_LEASE)
    assert line.acquire("demo", "two", "worker", AFTER_LEASE) is None


def test_an_extended_lease_keeps_its_share(world: World):
    line = world.line(share_maximum=1)
    world.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    line.advance(lease, replace(started(line, lease), step=1), AFTER_LEASE - 1)
    assert line.acquire("demo", "two", "worker", AFTER_LEASE) is None


def test_a_lease_that_has_expired_cannot_be_extended_since_its_share_may_be_anothers(world: World):
    line = world.line(share_maximum=1)
    world.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    running = started(line, lease)
    leased(line, "two", now=AFTER_LEASE)
    with pytest.raises(LeaseLost):
        line.advance(lease, replace(running, step=1), AFTER_LEASE)


def test_the_head_is_the_oldest_unfinished_job(world: World):
    line = world.line()
    for id in ("01B", "01A", "01C"):
        world.intake.submit(a_job(id, entity_ids=("e",)), None, NOW)
    lease = leased(line)
    head = line.head(lease)
    assert head is not None
    assert head.id == "01A"
    line.finish(lease, replace(started(line, lease), status="completed", completed_at=NOW), Finish())
    following = line.head(lease)
    assert following is not None
    assert following.id == "01B"


def test_a_started_job_is_not_overtaken_by_one_with_an_older_id(world: World):
    line = world.line()
    world.intake.submit(a_job("01B"), None, NOW)
    lease = leased(line)
    started(line, lease)
    world.intake.submit(a_job("01A"), None, NOW)
    head = line.head(lease)
    assert head is not None
    assert head.id == "01B"


def test_an_empty_line_has_no_head_and_no_next(world: World):
    line = world.line()
    lease = leased(line)
    assert line.head(lease) is None
    assert line.release(lease, NOW) is None
    assert line.overdue(NOW + 10 * LEASE_MS, 10) == []


def test_the_head_knows_all_of_its_entities(world: World):
    ids = tuple(f"entity-{number:04d}-{'é' * 100}" for number in range(1000))
    world.intake.submit(a_job(entity_ids=ids), None, NOW)
    line = world.line()
    head = line.head(leased(line))
    assert head is not None
    assert head.entity_ids == ids


def test_an_advance_saves_the_job_as_it_is(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    moved = replace(
        started(line, lease),
        step=1,
        checkpoint={"after": "e9", "batch": [1, 2.5, None], "nested": {"deep": True}},
        progress=Progress(10, 4, 1),
        progressed_at=NOW + 1,
        not_before=NOW + 2,
        waits=3,
        failure_reasons={"invalid": 1},
    )
    extended = line.advance(lease, moved, NOW + 1000)
    assert extended == replace(lease, expires_at=NOW + 1000 + LEASE_MS)
    assert line.head(extended) == moved


def test_steps_follow_one_another(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    running = started(line, lease)
    for wrong in (0, 2):
        with pytest.raises(LeaseLost):
            line.advance(lease, replace(running, step=wrong, waits=1), NOW)
    assert line.head(lease) == running


def test_the_very_same_step_saved_again_is_no_failure(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    moved = replace(started(line, lease), step=1, checkpoint={"after": ["e1"]})
    line.advance(lease, moved, NOW)
    assert line.advance(lease, moved, NOW + 500).expires_at == NOW + LEASE_MS
    with pytest.raises(LeaseLost):
        line.advance(lease, replace(moved, checkpoint={"after": ["e2"]}), NOW)


def test_nothing_can_be_saved_once_another_holder_has_come(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    old = leased(line, owner="old")
    running = started(line, old)
    new = leased(line, owner="new", now=AFTER_LEASE)
    attempts = [
        lambda: line.start(old, replace(running, started_at=1)),
        lambda: line.advance(old, replace(running, step=1), NOW),
        lambda: line.finish(old, replace(running, status="failed"), Finish()),
        lambda: line.release(old, NOW),
    ]
    for attempt in attempts:
        with pytest.raises(LeaseLost):
            attempt()
    assert line.head(new) == running


def test_a_cancelled_job_neither_starts_nor_advances_and_can_be_finished(world: World):
    line = world.line()
    world.intake.submit(a_job("01A"), None, NOW)
    world.intake.submit(a_job("01B", mode="resync"), None, NOW)
    lease = leased(line)
    running = started(line, lease)
    world.request_cancel("01A")
    world.request_cancel("01B")
    with pytest.raises(JobCancelled):
        line.advance(lease, replace(running, step=1), NOW)
    line.finish(lease, replace(running, status="cancelled", completed_at=NOW), Finish())
    with pytest.raises(JobCancelled):
        started(line, lease)


def test_a_started_job_is_saved_and_starting_it_again_as_it_is_is_no_failure(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    running = started(line, lease)
    line.start(lease, running)
    assert line.head(lease) == running
    with pytest.raises(LeaseLost):
        line.start(lease, replace(running, started_at=NOW + 1))


def test_a_release_says_when_the_next_job_is_due(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    waiting = replace(started(line, lease), step=1, not_before=NOW + 7_000)
    lease = line.advance(lease, waiting, NOW)
    world.intake.submit(a_job("01B"), None, NOW)
    assert line.release(lease, NOW + 1) == NextDue("01A", NOW + 7_000)
    lease = leased(line, now=NOW + 8_000)
    assert line.release(lease, NOW + 9_000) == NextDue("01A", NOW + 9_000)


def test_releasing_again_is_no_failure(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    assert line.release(lease, NOW) == line.release(lease, NOW) == NextDue("01A", NOW)


def test_a_line_is_overdue_from_the_arrival_of_a_job(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    world.intake.submit(a_job("01B", integration_id="two"), None, NOW - 1)
    assert line.overdue(NOW - 2, 10) == []
    assert line.overdue(NOW - 1, 10) == [("demo", "two")]
    assert line.overdue(NOW, 10) == [("demo", "two"), ("demo", "one")]
    assert line.overdue(NOW, 1) == [("demo", "two")]


def test_a_leased_line_is_overdue_a_grace_after_its_lease(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    assert line.overdue(AFTER_LEASE + GRACE_MS - 1, 10) == []
    assert line.overdue(AFTER_LEASE + GRACE_MS, 10) == [("demo", "one")]
    line.advance(lease, replace(started(line, lease), step=1), NOW + 10)
    world.intake.submit(a_job("01B"), None, NOW + 20)
    assert line.overdue(AFTER_LEASE + GRACE_MS + 10, 10) == []
    assert line.overdue(AFTER_LEASE + 2 * GRACE_MS + 10, 10) == [("demo", "one")]


def test_the_projects_line_that_has_been_due_longest_is_next(world: World):
    line = world.line()
    for id, integration_id, at in (("01A", "one", 0), ("01B", "two", -5), ("01C", "three", 100)):
        world.intake.submit(a_job(id, integration_id), None, NOW + at)
    assert line.due_in_project("demo", NOW) == "two"
    leased(line, "two")
    assert line.due_in_project("demo", NOW) == "one"
    leased(line, "one")
    assert line.due_in_project("demo", NOW) is None
    assert line.due_in_project("other", NOW + 100) is None
    assert line.due_in_project("demo", NOW + 100) == "three"
