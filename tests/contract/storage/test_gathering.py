"""The job that ids are gathered in: until a worker begins it, until it is full, until its time is over."""

from dataclasses import replace
from typing import Any

import pytest

from integrations.domain.job import GATHERING_MS, Job
from integrations.domain.line import Finish, NextDue
from tests.contract.storage.faults import first, lost_acknowledgement
from tests.contract.storage.world import NOW, DynamoWorld, World, a_job, leased, started

MAXIMUM = 60
UNTIL = NOW + GATHERING_MS


def ulid(name: str, time: str = "01HF7YAT00") -> str:
    """A job's id that is as long as they are; by default of NOW."""
    return time + name.rjust(16, "0")


def opening(name: str, now: int = NOW, **changes: Any) -> Job:
    """A push that gathers from `now` on."""
    until = now + GATHERING_MS
    return a_job(ulid(name), created_at=now, entity_ids=(), gathers_until=until, not_before=until, **changes)


@pytest.fixture(autouse=True)
def _few_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job is full sooner: a thousand ids take their time."""
    monkeypatch.setattr("integrations.storage.gathering.GATHERED_MAXIMUM", MAXIMUM)
    monkeypatch.setattr("tests.fakes.gathering.GATHERED_MAXIMUM", MAXIMUM)


def ids(count: int, start: int = 0) -> list[str]:
    return [f"e{number:04d}" for number in range(start, start + count)]


def add_all(world: World, wanted: list[str], name: str = "A") -> set[str]:
    """The jobs that the ids are in."""
    return {
        world.gathering.add(opening(f"{name}{start:04d}"), wanted[start : start + 20], NOW)
        for start in range(0, len(wanted), 20)
    }


def gathered(world: World, now: int = UNTIL) -> tuple[str, ...]:
    """The ids of the line's head, in any order."""
    line = world.line()
    lease = leased(line, now=now)
    head = line.head(lease)
    line.release(lease, now)
    assert head is not None
    return tuple(sorted((head.entity_ids or ()) + (head.external_ids or ())))


def test_ids_are_added_to_the_open_job(world: World):
    assert world.gathering.add(opening("A"), ["a", "b"], NOW) == ulid("A")
    assert world.gathering.add(opening("B", NOW + 1), ["b", "c"], NOW + 1) == ulid("A")
    assert world.jobs.find("demo", ulid("B"), NOW) is None
    assert gathered(world) == ("a", "b", "c")


def test_records_of_the_service_are_gathered_apart_from_entities(world: World):
    pull = replace(opening("B"), direction="pull", entity_ids=None, external_ids=())
    world.gathering.add(opening("A"), ["a"], NOW)
    assert world.gathering.add(pull, ["doc", "x" * 2_000], NOW) == ulid("B")
    line = world.line()
    lease = leased(line, now=UNTIL)
    line.finish(lease, replace(started(line, lease), status="completed", completed_at=UNTIL), Finish())
    head = line.head(lease)
    assert head is not None and head.entity_ids is None
    assert sorted(head.external_ids or ()) == ["doc", "x" * 2_000]


def test_so_many_different_ids_fill_a_job_and_the_next_one_is_opened(world: World):
    assert len(add_all(world, ids(MAXIMUM))) == 1
    assert world.gathering.add(opening("B"), ids(20), NOW + 1) == ulid("A0000")
    assert world.gathering.add(opening("C", NOW + 1), ["one more"], NOW + 1) == ulid("C")
    assert world.gathering.add(opening("D"), ["another"], NOW + 1) == ulid("C")
    assert gathered(world) == tuple(ids(MAXIMUM))


def test_when_its_time_is_over_the_next_one_is_opened(world: World):
    world.gathering.add(opening("A"), ["a"], NOW)
    assert world.gathering.add(opening("B", UNTIL), ["a"], UNTIL) == ulid("B")


def test_a_job_that_was_begun_takes_no_more(world: World):
    world.gathering.add(opening("A"), ["a"], NOW)
    line = world.line()
    started(line, leased(line))
    assert world.gathering.add(opening("B"), ["a"], NOW) == ulid("B")


def test_a_job_that_was_cancelled_takes_no_more(world: World):
    world.gathering.add(opening("A"), ["a"], NOW)
    world.cancellations.cancel("demo", ulid("A"), "Cancelled", NOW)
    assert world.gathering.add(opening("B"), ["a"], NOW) == ulid("B")


def test_a_gathering_job_joins_the_line_when_its_gathering_ends(world: World):
    world.gathering.add(opening("A"), ["a"], NOW)
    line = world.line()
    assert line.overdue(UNTIL - 1, 10) == []
    assert line.overdue(UNTIL, 10) == [("demo", "one")]
    lease = leased(line)
    assert line.release(lease, NOW) == NextDue(ulid("A"), UNTIL)


def test_jobs_that_come_while_one_gathers_stand_before_it(world: World):
    world.gathering.add(opening("A"), ["a"], NOW)
    world.intake.submit(a_job(ulid("B", "01HF7YAT0Z")), None, NOW)
    line = world.line()
    lease = leased(line, now=UNTIL)
    assert [job.id for job in (line.head(lease),) if job] == [ulid("B", "01HF7YAT0Z")]
    line.finish(lease, replace(started(line, lease), status="completed", completed_at=UNTIL), Finish())
    world.intake.submit(a_job(ulid("C", "01HF7YBX9Z")), None, UNTIL)
    assert line.release(lease, UNTIL) == NextDue(ulid("A"), UNTIL)


def test_an_id_added_at_the_moment_the_job_begins_is_in_exactly_one_job(dynamo: DynamoWorld):
    dynamo.gathering.add(opening("A"), ["a"], NOW)
    line = dynamo.line()
    lease = leased(line)
    dynamo.client.inject("transact_write_items", first(lambda: started(line, lease)))
    assert dynamo.gathering.add(opening("B"), ["b"], NOW) == ulid("B")
    head = line.head(lease)
    assert head is not None and head.entity_ids == ("a",)


def test_of_two_that_open_a_job_one_does_and_the_other_adds(dynamo: DynamoWorld):
    quicker = first(lambda: dynamo.gathering.add(opening("B"), ["b"], NOW))
    dynamo.client.inject("transact_write_items", quicker)
    assert dynamo.gathering.add(opening("A"), ["a", "b"], NOW) == ulid("B")
    assert dynamo.jobs.find("demo", ulid("A"), NOW) is None
    assert gathered(dynamo) == ("a", "b")


def test_of_two_that_add_the_same_id_both_have_it_counted_once(dynamo: DynamoWorld):
    add_all(dynamo, ids(MAXIMUM - 1))
    quicker = first(lambda: dynamo.gathering.add(opening("B"), ["same"], NOW))
    dynamo.client.inject("transact_write_items", quicker)
    assert dynamo.gathering.add(opening("C"), ["same"], NOW) == ulid("A0000")
    assert len(gathered(dynamo)) == MAXIMUM


@pytest.mark.parametrize("is_open", [True, False], ids=["added", "opened"])
def test_an_addition_whose_acknowledgement_is_lost_can_be_made_again(dynamo: DynamoWorld, is_open: bool):
    if is_open:
        dynamo.gathering.add(opening("A"), ["a"], NOW)
    dynamo.client.inject("transact_write_items", lost_acknowledgement)
    with pytest.raises(Exception, match="can't be reached"):
        dynamo.gathering.add(opening("A"), ["b"], NOW)
    assert dynamo.gathering.add(opening("B"), ["b"], NOW) == ulid("A")
    assert gathered(dynamo) == (("a", "b") if is_open else ("b",))
