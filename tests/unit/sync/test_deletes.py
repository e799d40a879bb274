"""Archived here, deleted there, and the other way round."""

from dataclasses import replace
from typing import Any

import pytest

from integrations.domain.errors import RetryLater
from integrations.domain.job import Mode, Progress
from integrations.domain.link import Link
from tests.unit.sync.world import INTEGRATION, PROJECT, World

DAY_MS = 24 * 3_600_000


@pytest.fixture
def deleting(pushed: World) -> World:
    """Archived entities' records are to be deleted."""
    pushed.configure(onArchive="delete")
    return pushed


def link(world: World, entity_id: str) -> Link:
    return world.tables.links[PROJECT, INTEGRATION][entity_id]


def restore(world: World, entity_id: str) -> None:
    """Takes an entity out of the archive."""
    stored = world.entity(entity_id)
    now = world.clock.advance(1)
    world.entities.replace(PROJECT, replace(stored, archived_at=None, updated_at=now), stored.updated_at)


@pytest.mark.parametrize("mode", ["full", "incremental", "resync"])
def test_an_archived_entitys_record_is_deleted_and_counted(deleting: World, mode: Mode) -> None:
    deleting.archive("a3")
    external_id = deleting.external_id("a3")
    job = deleting.run("push", mode)
    assert deleting.service.deletes == [[external_id]]
    assert external_id not in deleting.service.documents
    assert (job.status, job.progress) == ("completed", Progress(10, 10, 0))
    assert link(deleting, "a3") == Link("a3", external_id, 0, 1, deleted_at=link(deleting, "a3").deleted_at)
    assert link(deleting, "a3").deleted_at is not None


def test_a_deleted_record_is_deleted_once(deleting: World) -> None:
    deleting.archive("a3")
    deleting.run("push")
    for mode in ("full", "incremental", "resync"):
        deleting.run("push", mode)
    assert len(deleting.service.deletes) == 1
    assert deleting.run("push").progress == Progress(9, 9, 0)


def test_an_entity_that_comes_back_is_sent_again_whole_under_the_same_id(deleting: World) -> None:
    before = deleting.document("a3")
    deleting.archive("a3")
    deleting.run("push")
    restore(deleting, "a3")
    batches = len(deleting.service.batches)
    assert deleting.run("push", "incremental").progress.failed == 0
    assert deleting.document("a3") == before
    [[record]] = deleting.service.batches[batches:]
    assert (record.known, record.changed) == (False, frozenset(record.targets))
    assert link(deleting, "a3").deleted_at is None
    deleting.archive("a3")
    deleting.run("push")
    assert deleting.external_id("a3") not in deleting.service.documents


def test_by_default_the_records_of_archived_entities_stay(pushed: World) -> None:
    pushed.archive("a3")
    assert pushed.run("push").progress == Progress(9, 9, 0)
    assert not pushed.service.deletes
    assert pushed.external_id("a3") in pushed.service.documents


def test_an_archived_entity_that_was_never_exchanged_is_no_record(deleting: World) -> None:
    deleting.write("new", title="Never pushed")
    deleting.archive("new")
    assert deleting.run("push").progress == Progress(10, 10, 0)
    assert not deleting.service.deletes


def test_an_archived_entity_asked_for_by_name_is_deleted(deleting: World) -> None:
    deleting.archive("a3")
    for _ in range(2):
        assert deleting.run("push", entity_ids=("a3",)).progress == Progress(1, 1, 0)
    assert deleting.service.deletes == [[deleting.external_id("a3")]]


def test_a_record_that_the_service_keeps_fails_alone_and_is_tried_by_every_run(deleting: World) -> None:
    deleting.archive("a3")
    deleting.archive("a4")
    deleting.service.referred_to = {deleting.external_id("a3")}
    job = deleting.run("push")
    assert job.progress == Progress(10, 9, 1)
    assert [line for line in deleting.log(job) if line.startswith("a3: others refer to it (referred)")]
    assert deleting.external_id("a4") not in deleting.service.documents
    assert link(deleting, "a3").targets
    assert deleting.run("push", "incremental").progress.failed == 1
    deleting.service.referred_to = set()
    assert deleting.run("push", "incremental").progress.failed == 0
    assert deleting.external_id("a3") not in deleting.service.documents
    assert not deleting.failures("push")


def test_a_delete_that_got_no_answer_is_sent_again(deleting: World) -> None:
    deleting.archive("a3")
    deleting.service.faults = [RetryLater("no answer")]
    job_id = deleting.trigger("push")
    assert deleting.look().end == "waiting"
    deleting.clock.now = (deleting.job(job_id).not_before or 0) + 1
    deleting.look()
    assert deleting.job(job_id).progress == Progress(10, 10, 0)
    assert len(deleting.service.deletes) == 2


def test_nothing_is_deleted_while_the_integration_is_inactive(deleting: World) -> None:
    deleting.archive("a3")
    deleting.integrations.put(replace(deleting.integration, status="inactive"))
    assert deleting.run("push").status == "cancelled"
    assert not deleting.service.deletes


def test_over_a_fifth_of_the_records_nothing_goes_and_the_log_says_what_to_do(deleting: World) -> None:
    for entity_id in ("a1", "a2", "a3"):
        deleting.archive(entity_id)
    job = deleting.run("push")
    assert not deleting.service.deletes
    assert (job.progress, job.failure_reasons) == (Progress(10, 7, 3), {"deletes_stopped": 3})
    assert [line for line in deleting.log(job) if line.startswith("3 of 10 linked records") and "Restore" in line]
    restore(deleting, "a1")
    assert deleting.run("push").progress == Progress(10, 10, 0)
    assert len(deleting.service.documents) == 8


def test_what_went_within_a_day_counts_too(deleting: World) -> None:
    for entity_id in ("a1", "a2"):
        deleting.archive(entity_id)
    assert deleting.run("push").progress.failed == 0
    deleting.archive("a3")
    assert deleting.run("push").progress.failed == 1
    assert len(deleting.service.documents) == 8
    deleting.clock.advance(DAY_MS)
    assert deleting.run("push").progress.failed == 0
    assert len(deleting.service.documents) == 7


def test_of_fewer_than_ten_linked_records_any_may_go() -> None:
    world = World()
    for number in range(9):
        world.write(f"a{number}", title=f"Title {number}")
    world.run("push")
    world.configure(onArchive="delete")
    for number in range(9):
        world.archive(f"a{number}")
    assert world.run("push").progress == Progress(9, 9, 0)
    assert not world.service.documents
    assert [len(ids) for ids in world.service.deletes] == [3, 3, 3]


def test_an_entity_is_archived_by_a_resync_when_its_record_is_gone(deleting: World) -> None:
    del deleting.service.documents[deleting.external_id("a3")]
    before = deleting.entity("a3")
    for mode in ("full", "incremental"):
        deleting.run("pull", mode)
        assert deleting.entity("a3") == before
    job = deleting.run("pull", "resync")
    assert (job.status, job.progress) == ("completed", Progress(10, 10, 0))
    archived = deleting.entity("a3")
    assert archived.archived_at is not None
    assert archived.updated_at > before.updated_at
    assert archived.fields == before.fields
    assert [line for line in deleting.log(job) if line.startswith("1 records are gone from the service")]
    deleting.run("push")
    assert not deleting.service.deletes
    restore(deleting, "a3")
    deleting.run("push")
    assert deleting.document("a3")["title"] == "Title 3"


def test_a_record_that_the_index_does_not_know_yet_is_not_gone(deleting: World) -> None:
    deleting.service.lag_ms = 10**12
    deleting.run("pull", "resync")
    assert not [entity for entity in deleting.tables.entities[PROJECT, "article"].values() if entity.archived_at]


def test_a_record_that_is_a_draft_again_is_not_gone(deleting: World) -> None:
    del deleting.service.documents[deleting.external_id("a3")]
    deleting.service.drafts = {deleting.external_id("a3")}
    deleting.run("pull", "resync")
    assert deleting.entity("a3").archived_at is None


def test_by_default_a_resync_archives_nothing(pushed: World) -> None:
    del pushed.service.documents[pushed.external_id("a3")]
    pushed.run("pull", "resync")
    assert pushed.entity("a3").archived_at is None


def test_an_emptied_service_empties_nothing_here(deleting: World) -> None:
    deleting.service.documents.clear()
    job = deleting.run("pull", "resync")
    assert job.status == "completed"
    assert [line for line in deleting.log(job) if line.startswith("10 of 10 linked records") and "Bring back" in line]
    assert not [entity for entity in deleting.tables.entities[PROJECT, "article"].values() if entity.archived_at]


def test_an_entity_that_changes_while_it_is_archived_is_archived_as_it_is_then(deleting: World) -> None:
    del deleting.service.documents[deleting.external_id("a3")]
    original, calls = deleting.entities.replace, []

    def change_first(project_id: str, entity: Any, expected: int) -> bool:
        calls.append(entity.id)
        if len(calls) == 1:
            stored = deleting.entity("a3")
            newer = replace(stored, fields={"title": "Newer"}, updated_at=deleting.clock.advance(1))
            assert original(PROJECT, newer, stored.updated_at)
        return original(project_id, entity, expected)

    deleting.entities.replace = change_first  # type: ignore[method-assign]
    deleting.run("pull", "resync")
    assert deleting.entity("a3").archived_at is not None
    assert deleting.entity("a3").fields == {"title": "Newer"}


def test_a_long_resync_archives_each_entity_once(deleting: World) -> None:
    for entity_id in ("a3", "a7"):
        del deleting.service.documents[deleting.external_id(entity_id)]
    deleting.slice_ms = 1
    job_id = deleting.trigger("pull", "resync")
    while deleting.job(job_id).completed_at is None:
        deleting.slice_ms = 240_000 if (deleting.job(job_id).checkpoint or {}).get("phase") == "vanished" else 1
        deleting.look()
    assert deleting.job(job_id).progress == Progress(10, 10, 0)
