from dataclasses import replace

from integrations.domain.link import Failure
from tests.contract.storage.world import NOW, World

SCOPE = ("demo", "one")


def a_failure(record_id: str = "e1", **changes: object) -> Failure:
    failure = Failure(record_id, "invalid", "title: too long", f"{NOW}@1", False, NOW, "run-1")
    return replace(failure, **changes)


def test_a_failure_is_read_as_it_was_written(world: World):
    first = a_failure()
    second = a_failure("e2", transient=True, external_id="drafts.e2")
    world.failures.write(*SCOPE, "push", [first, second])
    assert world.failures.read(*SCOPE, "push", ["e2", "e1", "e3"]) == {"e1": first, "e2": second}
    assert world.failures.between(*SCOPE, "push", "e1", "e2") == {"e2": second}
    assert world.failures.read(*SCOPE, "pull", ["e1"]) == {}
    assert world.failures.page(*SCOPE, "pull", "", 10) == []


def test_a_later_failure_replaces_an_earlier_one(world: World):
    world.failures.write(*SCOPE, "push", [a_failure()])
    world.failures.write(*SCOPE, "push", [a_failure(code="other", run="run-2")])
    assert world.failures.read(*SCOPE, "push", ["e1"]) == {"e1": a_failure(code="other", run="run-2")}


def test_failures_come_in_pages_and_the_last_one_is_short(world: World):
    failures = [a_failure(id) for id in ("a", "b", "c", "d", "e")]
    world.failures.write(*SCOPE, "push", failures[::-1])
    assert world.failures.page(*SCOPE, "push", "", 2) == failures[:2]
    assert world.failures.page(*SCOPE, "push", "b", 2) == failures[2:4]
    assert world.failures.page(*SCOPE, "push", "d", 2) == failures[4:]


def test_a_failure_that_another_run_has_replaced_is_not_cleared(world: World):
    world.failures.write(*SCOPE, "push", [a_failure("a"), a_failure("b", run="run-2")])
    world.failures.clear(*SCOPE, "push", [a_failure("a"), a_failure("b"), a_failure("missing")])
    assert set(world.failures.read(*SCOPE, "push", ["a", "b"])) == {"b"}
