"""Records that fail: kept per record, tried again when that makes sense, counted meanwhile."""

from dataclasses import replace
from typing import Any

import pytest

from integrations.domain.identity import entity_id_of_record
from integrations.domain.job import Mode, Progress
from integrations.providers.contract import Rejected
from tests.unit.sync.world import PROJECT, World

DAY_MS = 24 * 3_600_000
TOO_LARGE = "x" * 400_000


@pytest.fixture
def failing(pushed: World) -> World:
    """A pull in which one record failed, for good."""
    pushed.run("pull")
    pushed.service.edit(pushed.external_id("a3"), title=TOO_LARGE)
    pushed.clock.advance(90_000)
    assert pushed.run("pull").progress.failed == 1
    pushed.service.reads = 0
    return pushed


@pytest.mark.parametrize("mode", ["full", "incremental"])
def test_a_record_that_failed_counts_with_its_reason_and_makes_no_request(failing: World, mode: Mode) -> None:
    job = failing.run("pull", mode)
    assert (job.progress.failed, job.failure_reasons) == (1, {"entity_too_large": 1})
    assert [line for line in failing.log(job) if line.startswith("a3: ") and "(entity_too_large)" in line]
    assert failing.service.reads == 0


@pytest.mark.parametrize("mode", ["full", "incremental"])
def test_it_is_tried_again_once_it_changed_there(failing: World, mode: Mode) -> None:
    failing.service.edit(failing.external_id("a3"), title="Short again")
    failing.clock.advance(90_000)
    assert failing.run("pull", mode).progress.failed == 0
    assert failing.entity("a3").fields["title"] == "Short again"
    assert not failing.failures("pull")


@pytest.mark.parametrize("mode", ["full", "incremental"])
def test_it_is_tried_again_once_its_entity_changed(failing: World, mode: Mode) -> None:
    failing.write("a3", description="changed")
    assert failing.run("pull", mode).progress.failed == 1
    assert failing.service.reads == 1


def test_it_is_tried_again_once_the_mapping_changed(failing: World) -> None:
    failing.integrations.put(replace(failing.integration, mapping_version=2))
    assert failing.run("pull").progress.failed == 1
    assert failing.service.reads == 1


def test_it_is_tried_again_by_a_resync(failing: World) -> None:
    assert failing.run("pull", "resync").progress == Progress(10, 9, 1)
    assert failing.service.reads == 1


def test_it_is_tried_again_once_a_day(failing: World) -> None:
    failing.clock.advance(DAY_MS)
    assert failing.run("pull").progress.failed == 1
    assert failing.service.reads == 1
    assert failing.run("pull").progress.failed == 1
    assert failing.service.reads == 1


def test_a_record_without_an_entity_fails_under_the_id_that_it_would_get(world: World) -> None:
    world.service.put("born-there", {"_type": "post", "title": TOO_LARGE})
    entity_id = entity_id_of_record("sanity", "fake", "post", "born-there")
    assert world.run("pull").progress == Progress(1, 0, 1)
    assert set(world.failures("pull")) == {entity_id}
    assert world.run("pull", "full").progress == Progress(1, 0, 1)
    assert world.service.reads == 0
    world.service.edit("born-there", title="Short")
    assert world.run("pull", "full").progress == Progress(1, 1, 0)
    assert world.entity(entity_id).fields["title"] == "Short"


def test_a_record_that_is_gone_is_no_failure_any_more(failing: World) -> None:
    del failing.service.documents[failing.external_id("a3")]
    failing.clock.advance(DAY_MS)
    assert failing.run("pull").progress.failed == 0
    assert not failing.failures("pull")


def test_an_id_that_was_asked_for_before_it_was_linked_is_pulled_once_it_is(pushed: World) -> None:
    pushed.run("pull")
    pushed.write("new", title="Not pushed yet")
    assert pushed.run("pull", entity_ids=("new",)).progress == Progress(1, 0, 1)
    assert pushed.run("pull").progress.failed == 0
    assert not pushed.failures("pull")
    pushed.run("push")
    pushed.service.edit(pushed.external_id("new"), title="Edited there")
    pushed.clock.advance(90_000)
    assert pushed.run("pull").progress.failed == 0
    assert pushed.entity("new").fields["title"] == "Edited there"


def test_a_transient_rejection_is_tried_by_every_run(world: World) -> None:
    original = world.service._push

    def push(record: Any) -> Any:
        if record.entity_id == "a3":
            return Rejected("a3", "reference", "refers to nothing yet", transient=True)
        return original(record)

    world.service._push = push  # type: ignore[method-assign]
    world.run("push")
    for mode in ("full", "incremental"):
        before = len(world.service.batches)
        assert world.run("push", mode).progress.failed == 1
        [batch] = world.service.batches[before:]
        assert [record.entity_id for record in batch] == ["a3"]
    world.service._push = original  # type: ignore[method-assign]
    assert world.run("push", "incremental").progress.failed == 0


def test_what_failed_before_is_sent_in_a_batch_of_its_own(world: World) -> None:
    world.service.poisoned = {"a1"}
    world.run("push")
    world.clock.advance(DAY_MS)
    world.write("a2", title="Changed")
    before = len(world.service.batches)
    world.run("push")
    sent = [[record.entity_id for record in batch] for batch in world.service.batches[before:]]
    assert sent == [["a2"], ["a1"]]


@pytest.mark.parametrize("change", ["entity", "mapping", "resync"])
def test_a_rejected_record_is_sent_again_once_something_changed(world: World, change: str) -> None:
    world.service.poisoned = {"a1"}
    world.run("push")
    before = len(world.service.batches)
    if change == "entity":
        world.write("a1", description="changed")
    if change == "mapping":
        world.integrations.put(replace(world.integration, mapping_version=2))
    world.run("push", "resync" if change == "resync" else "full")
    sent = [record.entity_id for batch in world.service.batches[before:] for record in batch]
    assert sent.count("a1") == 1


def test_a_run_of_named_entities_tries_no_others_again(world: World) -> None:
    world.service.poisoned = {"a1"}
    world.run("push")
    world.clock.advance(DAY_MS)
    before = len(world.service.batches)
    assert world.run("push", entity_ids=("a2",)).progress == Progress(1, 1, 0)
    assert world.sent_since(before) == 0


def test_an_entity_that_changes_while_it_is_written_is_decided_anew_three_times(pushed: World) -> None:
    pushed.service.edit(pushed.external_id("a3"), title="Theirs")
    pushed.clock.advance(90_000)
    original, tries = pushed.entities.replace, []

    def replace_late(project_id: str, entity: Any, expected: int) -> bool:
        tries.append(entity.id)
        stored = pushed.entity("a3")
        changed = {**stored.fields, "note": len(tries)}
        assert original(PROJECT, replace(stored, fields=changed, updated_at=pushed.clock.advance(1)), stored.updated_at)
        return original(project_id, entity, expected)

    pushed.entities.replace = replace_late  # type: ignore[method-assign]
    job = pushed.run("pull")
    assert (job.failure_reasons, tries) == ({"kept_changing": 1}, ["a3"] * 3)
    assert pushed.entity("a3").fields == {
        "title": "Title 3",
        "body": "Some *text* 3",
        "description": "short",
        "note": 3,
    }
