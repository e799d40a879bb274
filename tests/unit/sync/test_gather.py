"""What webhooks and events name is exchanged, some time later and together."""

from typing import Any

import pytest

from integrations.domain.identity import entity_id_of_record
from integrations.domain.job import GATHERING_MS, Job, Lease, Progress
from tests.fakes.gathering import FakeGathering
from tests.fakes.outside import WakeUp
from tests.unit.sync.world import INTEGRATION, PROJECT, World

TWO = ("a1", "a2")


def entity_of(world: World, external_id: str) -> str:
    return entity_id_of_record("sanity", world.service.canonical_address, "post", external_id)


def test_a_job_is_opened_with_a_wake_up_for_when_its_gathering_ends(pushed: World) -> None:
    first = pushed.gather("push", "a1")
    assert pushed.wake_ups.sent == [WakeUp(PROJECT, INTEGRATION, GATHERING_MS)]
    assert pushed.gather("push", "a2") == first
    assert len(pushed.wake_ups.sent) == 1
    assert pushed.look().end == "waiting"
    assert (first.status, first.name) == ("pending", "Push of changes to Site")


def test_other_jobs_dont_wait_for_one_that_gathers(pushed: World) -> None:
    gathering = pushed.gather("push", "a1")
    assert pushed.run("push").status == "completed"
    assert pushed.job(gathering.id).status == "pending"


def test_a_thousand_edits_in_a_minute_are_three_jobs_at_most(pushed: World) -> None:
    jobs = set()
    for number in range(1_000):
        pushed.clock.advance(59)
        jobs.add(pushed.gather("push", f"a{number}").id)
    assert len(jobs) <= 3


def test_gathered_edits_are_pushed_together(pushed: World) -> None:
    for entity_id in TWO:
        pushed.write(entity_id, title="New")
    batches = len(pushed.service.batches)
    job = pushed.run_gathered("push", *TWO)
    assert (job.status, job.progress) == ("completed", Progress(2, 2, 0))
    assert [[record.entity_id for record in batch] for batch in pushed.service.batches[batches:]] == [["a1", "a2"]]


def test_an_entity_that_is_gone_by_then_is_no_failure_of_a_push_that_nobody_asked_for(pushed: World) -> None:
    pushed.archive("a1")
    assert pushed.run_gathered("push", "a1", "never").progress == Progress(2, 2, 0)


def test_a_named_record_is_read_and_written_to_its_entity(pushed: World) -> None:
    pushed.clock.advance(3_600_000)
    pushed.service.edit(pushed.external_id("a1"), title="Edited there")
    job = pushed.run_gathered("pull", pushed.external_id("a1"))
    assert (job.status, job.progress) == ("completed", Progress(1, 1, 0))
    assert pushed.entity("a1").fields["title"] == "Edited there"
    assert pushed.integrations.watermark(PROJECT, INTEGRATION, "pull") is None


def test_a_named_record_of_nobodys_becomes_an_entity(pushed: World) -> None:
    pushed.service.put("written-there", {"_type": "post", "title": "From there"})
    pushed.run_gathered("pull", "written-there")
    assert pushed.entity(entity_of(pushed, "written-there")).fields == {"title": "From there"}


def test_a_named_record_of_another_type_or_that_is_gone_is_nothing_to_pull(pushed: World) -> None:
    pushed.service.put("other", {"_type": "author", "title": "Nobody's"})
    job = pushed.run_gathered("pull", "other", "never-there")
    assert (job.status, job.progress) == ("completed", Progress(2, 2, 0))


@pytest.mark.parametrize(("on_archive", "is_archived"), [("ignore", False), ("delete", True)])
def test_a_record_that_was_deleted_there_follows_the_configuration(
    pushed: World, on_archive: str, is_archived: bool
) -> None:
    pushed.configure(onArchive=on_archive)
    external_id = pushed.external_id("a1")
    del pushed.service.documents[external_id]
    job = pushed.run_gathered("pull", external_id, pushed.external_id("a2"))
    assert job.status == "completed"
    assert (pushed.entity("a1").archived_at is not None) == is_archived
    assert pushed.entity("a2").archived_at is None


def test_a_record_of_which_a_draft_is_left_is_not_gone(pushed: World) -> None:
    pushed.configure(onArchive="delete")
    external_id = pushed.external_id("a1")
    del pushed.service.documents[external_id]
    pushed.service.drafts.add(external_id)
    pushed.run_gathered("pull", external_id)
    assert pushed.entity("a1").archived_at is None


def test_nothing_is_archived_when_too_many_named_records_are_gone(pushed: World) -> None:
    pushed.configure(onArchive="delete")
    gone = [pushed.external_id(f"a{number}") for number in range(3)]
    for external_id in gone:
        del pushed.service.documents[external_id]
    job = pushed.run_gathered("pull", *gone)
    assert job.status == "completed"
    assert [pushed.entity(f"a{number}").archived_at for number in range(3)] == [None] * 3
    assert "over 20 %" in " ".join(pushed.log(job))


def test_an_id_that_comes_between_the_look_at_the_job_and_its_start_is_exchanged_too(
    pushed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for entity_id in TWO:
        pushed.write(entity_id, title="New")
    start = pushed.line.start

    def started_late(lease: Lease, job: Job) -> None:
        late: Any = FakeGathering(pushed.tables)
        assert late.add(job, ["a2"], pushed.clock() - GATHERING_MS) == job.id
        start(lease, job)

    monkeypatch.setattr(pushed.line, "start", started_late)
    assert pushed.run_gathered("push", "a1").progress == Progress(2, 2, 0)
    assert pushed.document("a2")["title"] == "New"
