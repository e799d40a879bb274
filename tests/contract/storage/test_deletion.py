"""What a deleted integration leaves behind, and how its line ends."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from integrations.domain.errors import LeaseLost
from integrations.domain.integration import Watermark
from integrations.domain.line import Finish, NextDue
from integrations.domain.link import Failure, Link
from integrations.storage import keys
from tests.contract.storage.faults import first
from tests.contract.storage.world import LEASE_MS, NOW, DynamoWorld, World, a_job, an_integration, leased, started


@pytest.fixture
def abandoned(world: World) -> World:
    """Deleted with 30 links and 3 failures; another integration has as many."""
    for id in ("one", "two"):
        world.integrations.create(an_integration(id))
        world.links.write("demo", id, [Link(f"e{number:02d}", f"x{number}", NOW, 1) for number in range(30)])
        failures = [Failure(f"e{number}", "code", "why", "state", False, NOW, "01A") for number in range(3)]
        world.failures.write("demo", id, "pull", failures)
    world.abandon("one")
    return world


def test_remains_go_a_bounded_number_at_a_time(abandoned: World):
    def left(id: str) -> tuple[int, int]:
        links = abandoned.links.between("demo", id, "", "z")
        return len(links), len(abandoned.failures.between("demo", id, "pull", "", "z"))

    counts = [left("one")]
    while not abandoned.remains.clear("demo", "one", 12):
        counts.append(left("one"))
    assert counts == [(30, 3), (18, 3), (6, 3), (0, 3), (0, 0)]
    assert left("two") == (30, 3)


def test_watermarks_go_too(world: World):
    world.integrations.create(an_integration())
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    ended = replace(started(line, lease), status="completed", completed_at=NOW)
    line.finish(lease, ended, Finish(Watermark("w", 1)))
    assert world.remains.clear("demo", "one", 9)
    assert world.integrations.watermark("demo", "one", "push") is None


def test_the_line_is_due_until_the_remains_are_gone(abandoned: World):
    line = abandoned.line()
    assert line.overdue(NOW, 9) == [("demo", "one")]
    lease = leased(line)
    assert lease.deleted
    assert line.head(lease) is None
    assert line.release(lease, NOW + 1) == NextDue(None, NOW + 1)
    lease = leased(line, now=NOW + 1)
    line.forget(lease)
    assert line.release(lease, NOW + 2) is None
    assert line.overdue(NOW + LEASE_MS, 9) == []
    assert not leased(line, "two").deleted


def test_a_line_that_rests_is_due_at_once(world: World):
    world.integrations.create(an_integration())
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    line.advance(lease, replace(started(line, lease), step=1, not_before=NOW + 10 * LEASE_MS), NOW)
    line.release(lease, NOW)
    assert line.overdue(NOW, 9) == []
    world.abandon("one")
    assert line.overdue(NOW, 9) == [("demo", "one")]


def test_jobs_come_before_remains_and_a_late_one_keeps_the_line(abandoned: World):
    line = abandoned.line()
    abandoned.intake.submit(a_job("01A"), None, NOW)
    lease = leased(line)
    assert line.release(lease, NOW) == NextDue("01A", NOW)
    lease = leased(line)
    line.forget(lease)
    assert line.release(lease, NOW) == NextDue("01A", NOW)
    lease = leased(line)
    head = line.head(lease)
    assert head is not None
    line.finish(lease, replace(head, status="cancelled", completed_at=NOW), Finish())
    assert line.release(lease, NOW) is None
    assert line.overdue(NOW + LEASE_MS, 9) == []


def test_only_the_holder_forgets(abandoned: World):
    line = abandoned.line()
    old = leased(line)
    leased(line, owner="second", now=NOW + LEASE_MS)
    with pytest.raises(LeaseLost):
        line.forget(old)


def test_unfinished_jobs_are_listed_in_their_order(world: World):
    line = world.line()
    for id in ("01B", "01A", "01C"):
        world.intake.submit(a_job(id, entity_ids=("e",)), None, NOW)
    assert world.cancellations.unfinished("demo", "one", 2) == ["01A", "01B"]
    started(line, leased(line))
    world.intake.submit(a_job("00Z", entity_ids=("e",)), None, NOW)
    assert world.cancellations.unfinished("demo", "one", 9) == ["01A", "00Z", "01B", "01C"]
    assert world.cancellations.unfinished("demo", "two", 9) == []


def test_nothing_of_the_line_is_left_in_the_end(dynamo: DynamoWorld):
    dynamo.integrations.create(an_integration())
    dynamo.abandon("one")
    line = dynamo.line()
    lease = leased(line)
    line.forget(lease)
    line.release(lease, NOW)
    assert dynamo.table.get(keys.line("demo", "one")) is None


@pytest.mark.parametrize("operation", ["update_item", "delete_item"])
def test_a_deletion_between_the_look_and_the_release_is_not_forgotten(dynamo: DynamoWorld, operation: str):
    line = dynamo.line()
    dynamo.integrations.create(an_integration())
    lease = leased(line)
    happening: Callable[[], object] = lambda: dynamo.abandon("one")  # noqa: E731
    due: NextDue | None = NextDue(None, NOW)
    if operation == "delete_item":
        dynamo.abandon("one")
        line.forget(lease)
        happening, due = (lambda: dynamo.intake.submit(a_job(), None, NOW)), NextDue("01A", NOW)
    dynamo.client.inject(operation, first(happening))
    assert line.release(lease, NOW) == due
    assert line.overdue(NOW, 9) == [("demo", "one")]
