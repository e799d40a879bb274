"""What a push sends, and what it doesn't."""

from dataclasses import replace

from integrations.domain.errors import OutcomeUnknown
from integrations.domain.job import Progress
from tests.unit.sync.world import INTEGRATION, MAPPINGS, PROJECT, World


def test_a_first_push_creates_every_document_with_its_mapped_values(world: World) -> None:
    job = world.run("push")
    assert (job.status, job.progress) == ("completed", Progress(10, 10, 0))
    assert len(world.service.documents) == 10
    assert world.document("a3") == {
        "_type": "post",
        "title": "Title 3",
        "slug": {"current": "title-3"},
        "body": "<p>Some <em>text</em> 3</p>\n",
        "seo": {"description": "short"},
    }


def test_batches_keep_the_services_limits(world: World) -> None:
    world.run("push")
    assert [len(batch) for batch in world.service.batches] == [4, 4, 2]


def test_an_unchanged_push_sends_nothing_and_counts_everything(pushed: World) -> None:
    before = len(pushed.service.batches)
    job = pushed.run("push")
    assert pushed.sent_since(before) == 0
    assert (job.status, job.progress) == ("completed", Progress(10, 10, 0))


def test_an_entity_written_again_with_the_same_values_is_not_sent(pushed: World) -> None:
    before = len(pushed.service.batches)
    pushed.write("a3", title="Title 3")
    pushed.run("push")
    assert pushed.sent_since(before) == 0


def test_only_the_targets_that_changed_are_sent(pushed: World) -> None:
    before = len(pushed.service.batches)
    pushed.write("a3", description="longer")
    pushed.run("push")
    [batch] = pushed.service.batches[before:]
    assert [(record.entity_id, record.changed) for record in batch] == [("a3", frozenset({"seo.description"}))]
    assert pushed.document("a3")["seo"] == {"description": "longer"}


def test_what_is_not_mapped_survives_a_push(pushed: World) -> None:
    pushed.service.edit(pushed.external_id("a3"), author="somebody")
    pushed.write("a3", title="New")
    assert pushed.run("push").progress == Progress(10, 10, 0)
    assert pushed.document("a3")["author"] == "somebody"
    assert pushed.document("a3")["title"] == "New"


def test_a_target_changed_there_alone_is_left_to_the_pull(pushed: World) -> None:
    pushed.service.edit(pushed.external_id("a3"), title="Edited there")
    pushed.write("a3", description="Edited here")
    assert pushed.run("push").progress.failed == 0
    assert pushed.document("a3")["title"] == "Edited there"
    assert pushed.document("a3")["seo"] == {"description": "Edited here"}
    pushed.write("a3", title="Now here too")
    job = pushed.run("push")
    assert job.progress == Progress(10, 9, 1)
    assert pushed.document("a3")["title"] == "Edited there"


def test_a_conflict_leaves_that_target_sends_the_others_and_counts_as_failed(pushed: World) -> None:
    pushed.service.edit(pushed.external_id("a3"), title="Theirs")
    pushed.write("a3", title="Ours", description="Ours too")
    job = pushed.run("push")
    assert (job.status, job.progress) == ("completed", Progress(10, 9, 1))
    assert pushed.document("a3")["title"] == "Theirs"
    assert pushed.document("a3")["seo"] == {"description": "Ours too"}
    assert [line for line in pushed.log(job) if "a3" in line and "changed on both sides: title" in line]
    assert pushed.integration.last_sync_at != job.completed_at


def test_a_conflict_ends_when_both_sides_are_equal(pushed: World) -> None:
    pushed.service.edit(pushed.external_id("a3"), title="Theirs")
    pushed.write("a3", title="Ours")
    assert pushed.run("push").progress.failed == 1
    pushed.service.edit(pushed.external_id("a3"), title="Ours")
    assert pushed.run("push").progress == Progress(10, 10, 0)
    assert not pushed.failures("push")


def test_a_conflict_ends_when_the_service_returns_to_the_remembered_value(pushed: World) -> None:
    pushed.service.edit(pushed.external_id("a3"), title="Theirs")
    pushed.write("a3", title="Ours")
    assert pushed.run("push").progress.failed == 1
    pushed.service.edit(pushed.external_id("a3"), title="Title 3")
    assert pushed.run("push").progress == Progress(10, 10, 0)
    assert pushed.document("a3")["title"] == "Ours"


def test_an_open_conflict_is_looked_at_without_a_refused_write(pushed: World) -> None:
    pushed.service.edit(pushed.external_id("a3"), title="Theirs")
    pushed.write("a3", title="Ours")
    pushed.run("push")
    before = len(pushed.service.batches)
    assert pushed.run("push").progress == Progress(10, 9, 1)
    assert pushed.sent_since(before) == 0


def test_a_selected_push_does_not_write_over_an_open_conflict(pushed: World) -> None:
    pushed.service.edit(pushed.external_id("a3"), title="Theirs")
    pushed.write("a3", title="Ours")
    pushed.run("push")
    assert pushed.run("push", entity_ids=("a3",)).progress == Progress(1, 0, 1)
    assert pushed.document("a3")["title"] == "Theirs"


def test_overwrite_takes_our_side_of_a_conflict(pushed: World) -> None:
    pushed.configure(onConflict="overwrite")
    pushed.service.edit(pushed.external_id("a3"), title="Theirs")
    pushed.write("a3", title="Ours")
    assert pushed.run("push").progress == Progress(10, 10, 0)
    assert pushed.document("a3")["title"] == "Ours"


def test_a_resync_sends_everything_and_wins(pushed: World) -> None:
    pushed.service.edit(pushed.external_id("a3"), title="Theirs")
    before = len(pushed.service.batches)
    assert pushed.run("push", "resync").progress == Progress(10, 10, 0)
    assert sum(len(batch) for batch in pushed.service.batches[before:]) == 10
    assert pushed.document("a3")["title"] == "Title 3"


def test_a_document_deleted_in_the_service_is_created_whole_again(pushed: World) -> None:
    for policy in ("skip", "overwrite"):
        pushed.configure(onConflict=policy)
        del pushed.service.documents[pushed.external_id("a3")]
        pushed.write("a3", description=f"changed under {policy}")
        assert pushed.run("push").progress.failed == 0
        assert pushed.document("a3")["title"] == "Title 3"
        assert pushed.document("a3")["seo"] == {"description": f"changed under {policy}"}


def test_a_rejected_record_does_not_stop_its_batch(world: World) -> None:
    world.service.poisoned = {"a1"}
    job = world.run("push")
    assert (job.status, job.progress) == ("completed", Progress(10, 9, 1))
    assert len(world.service.documents) == 9
    assert [line for line in world.log(job) if line.startswith("a1: not a valid document")]


def test_a_rejected_record_is_not_sent_again_before_it_changes_or_a_day_has_passed(world: World) -> None:
    world.service.poisoned = {"a1"}
    world.run("push")
    before = len(world.service.batches)
    assert world.run("push").progress == Progress(10, 9, 1)
    assert world.sent_since(before) == 0
    world.clock.advance(24 * 3_600_000)
    assert world.run("push").progress == Progress(10, 9, 1)
    assert world.sent_since(before) == 1
    world.service.poisoned = set()
    world.write("a1", title="Better")
    assert world.run("push").progress == Progress(10, 10, 0)
    assert not world.failures("push")


def test_a_value_that_cannot_be_transformed_fails_its_record_saying_why(world: World) -> None:
    world.write("a1", title=17)
    job = world.run("push")
    assert job.progress == Progress(10, 9, 1)
    assert [line for line in world.log(job) if line.startswith("a1:") and "slugify" in line]


def test_a_job_fails_when_every_record_failed(world: World) -> None:
    world.service.poisoned = {f"a{number}" for number in range(10)}
    job = world.run("push")
    assert (job.status, job.progress) == ("failed", Progress(10, 0, 10))


def test_no_records_at_all_is_completed() -> None:
    job = World().run("push")
    assert (job.status, job.progress) == ("completed", Progress(0, 0, 0))


def test_an_unknown_id_among_the_selected_fails_alone_and_is_named(world: World) -> None:
    job = world.run("push", entity_ids=("a1", "nobody", "a2"))
    assert (job.status, job.progress) == ("completed", Progress(3, 2, 1))
    assert [line for line in world.log(job) if line.startswith("nobody: no entity with this id")]
    assert set(world.service.documents) == {world.external_id("a1"), world.external_id("a2")}


def test_archived_entities_are_not_pushed(world: World) -> None:
    world.archive("a1")
    assert world.run("push").progress == Progress(9, 9, 0)
    assert world.run("push", entity_ids=("a1",)).progress == Progress(1, 0, 1)


def test_a_lost_acknowledgement_ends_in_the_same_state_without_a_conflict(world: World) -> None:
    world.service.lose_answers = 1
    job = world.run("push")
    assert (job.status, job.progress) == ("completed", Progress(10, 10, 0))
    assert all(len(versions) == 1 for versions in world.service.documents.values())


def test_a_request_that_never_arrived_is_sent_again(world: World) -> None:
    world.service.faults = [OutcomeUnknown("reset")]
    assert world.run("push").progress == Progress(10, 10, 0)
    assert len(world.service.documents) == 10


def test_an_incremental_push_reads_what_changed_since_the_watermark(pushed: World) -> None:
    pushed.write("a3", title="New")
    pushed.run("push", "incremental")
    pushed.clock.advance(600_000)
    pushed.write("a4", title="Newer")
    before = len(pushed.service.batches)
    assert pushed.run("push", "incremental").progress == Progress(2, 2, 0)
    assert [record.entity_id for batch in pushed.service.batches[before:] for record in batch] == ["a4"]


def test_an_incremental_push_without_a_watermark_is_full(world: World) -> None:
    assert world.run("push", "incremental").progress == Progress(10, 10, 0)


def test_a_change_of_mappings_makes_the_next_incremental_push_full(pushed: World) -> None:
    changed = replace(pushed.integration, mapping_version=2, field_mappings=MAPPINGS[:1])
    pushed.integrations.put(changed)
    assert pushed.run("push", "incremental").progress == Progress(10, 10, 0)


def test_an_incremental_push_tries_earlier_failures_again(pushed: World) -> None:
    pushed.service.poisoned = {"a1"}
    pushed.write("a1", title="Bad")
    assert pushed.run("push").progress == Progress(10, 9, 1)
    pushed.clock.advance(24 * 3_600_000)
    pushed.service.poisoned = set()
    assert pushed.run("push", "incremental").progress.failed == 0
    assert pushed.document("a1")["title"] == "Bad"


def test_a_missing_source_leaves_what_the_service_has(pushed: World) -> None:
    stored = pushed.entity("a3")
    fields = {key: value for key, value in stored.fields.items() if key != "description"}
    pushed.entities.replace(
        PROJECT, replace(stored, fields=fields, updated_at=pushed.clock.advance(1)), stored.updated_at
    )
    assert pushed.run("push").progress == Progress(10, 10, 0)
    assert pushed.document("a3")["seo"] == {"description": "short"}


def test_a_completed_push_without_failures_is_the_last_sync(world: World) -> None:
    job = world.run("push")
    assert world.integration.last_sync_at == job.completed_at
    assert world.tables.links[PROJECT, INTEGRATION]["a1"].external_id == world.external_id("a1")
