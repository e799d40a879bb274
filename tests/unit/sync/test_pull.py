"""What a pull writes, and what it leaves alone, byte for byte."""

from integrations.domain.identity import entity_id_of_record
from integrations.domain.job import Progress
from tests.unit.sync.world import INTEGRATION, PROJECT, World


def test_a_pull_right_after_a_push_writes_nothing(pushed: World) -> None:
    before = {entity_id: pushed.entity(entity_id) for entity_id in ("a1", "a9")}
    job = pushed.run("pull")
    assert (job.status, job.progress) == ("completed", Progress(10, 10, 0))
    assert before == {entity_id: pushed.entity(entity_id) for entity_id in before}


def test_an_edit_in_the_service_changes_that_field_of_that_entity_alone(pushed: World) -> None:
    pushed.run("pull")
    everything = dict(pushed.tables.entities[PROJECT, "article"])
    pushed.clock.advance(1_000)
    pushed.service.edit(pushed.external_id("a3"), title="Edited", body="<p>Hello <strong>there</strong></p>\n")
    pushed.clock.advance(90_000)
    assert pushed.run("pull").progress.failed == 0
    fields = dict(pushed.entity("a3").fields)
    assert fields.pop("body").strip() == "Hello **there**"
    assert fields == {"title": "Edited", "description": "short"}
    del everything["a3"]
    assert everything == {k: v for k, v in pushed.tables.entities[PROJECT, "article"].items() if k != "a3"}


def test_after_a_pull_the_next_push_has_nothing_to_send(pushed: World) -> None:
    pushed.service.edit(pushed.external_id("a3"), title="Edited", body="<p>Hello</p>")
    pushed.clock.advance(90_000)
    pushed.run("pull")
    before = len(pushed.service.batches)
    pushed.run("push")
    assert pushed.sent_since(before) == 0
    assert pushed.document("a3")["slug"] == {"current": "title-3"}


def test_an_unlinked_record_becomes_an_entity_of_its_own(world: World) -> None:
    world.service.put("post-7", {"_type": "post", "title": "Born there", "body": "<p>x</p>"})
    assert world.run("pull").progress == Progress(1, 1, 0)
    entity_id = entity_id_of_record("sanity", "fake", "post", "post-7")
    assert world.entity(entity_id).fields["title"] == "Born there"
    assert world.run("pull", "full").progress == Progress(1, 1, 0)
    assert len(world.tables.entities[PROJECT, "article"]) == 11


def test_a_pulled_entity_is_pushed_back_to_the_record_it_came_from(world: World) -> None:
    world.service.put("post-7", {"_type": "post", "title": "Born there", "body": "<p>x</p>"})
    world.run("pull")
    entity_id = entity_id_of_record("sanity", "fake", "post", "post-7")
    world.write(entity_id, title="Renamed here")
    world.run("push", entity_ids=(entity_id,))
    version = world.service.now("post-7")
    assert version is not None
    assert version.document["title"] == "Renamed here"


def test_an_unlinked_pulled_entity_finds_its_record_or_says_pull_first(world: World) -> None:
    world.service.put("post-7", {"_type": "post", "title": "Born there"})
    found = entity_id_of_record("sanity", "fake", "post", "post-7")
    lost = entity_id_of_record("sanity", "fake", "post", "post-8")
    world.write(found, title="Ours")
    world.write(lost, title="Ours")
    job = world.run("push", entity_ids=(found, lost))
    assert job.progress == Progress(2, 1, 1)
    assert [line for line in world.log(job) if line.startswith(f"{lost}:") and "pull_first" in line]
    version = world.service.now("post-7")
    assert version is not None
    assert version.document["title"] == "Ours"


def test_a_record_made_by_an_entity_that_is_no_more_is_counted_and_not_created(pushed: World) -> None:
    pushed.service.put("e-" + "0" * 32, {"_type": "post", "title": "Orphan"})
    assert pushed.run("pull").progress == Progress(11, 11, 0)
    assert len(pushed.tables.entities[PROJECT, "article"]) == 10


def test_local_changes_that_no_push_took_yet_survive_a_pull_and_are_pushed(pushed: World) -> None:
    pushed.service.edit(pushed.external_id("a3"), title="Theirs")
    pushed.write("a3", description="Ours")
    pushed.clock.advance(90_000)
    assert pushed.run("pull").progress.failed == 0
    assert (pushed.entity("a3").fields["title"], pushed.entity("a3").fields["description"]) == ("Theirs", "Ours")
    assert pushed.run("push").progress == Progress(10, 10, 0)
    assert pushed.document("a3")["seo"] == {"description": "Ours"}
    assert pushed.document("a3")["title"] == "Theirs"


def test_a_conflict_on_a_pull_leaves_both_sides_and_fails_the_record(pushed: World) -> None:
    pushed.service.edit(pushed.external_id("a3"), title="Theirs")
    pushed.write("a3", title="Ours")
    pushed.clock.advance(90_000)
    job = pushed.run("pull")
    assert job.progress == Progress(10, 9, 1)
    assert pushed.entity("a3").fields["title"] == "Ours"
    assert pushed.document("a3")["title"] == "Theirs"
    assert [line for line in pushed.log(job) if line.startswith("a3: changed on both sides: title")]
    job = pushed.run("push")
    assert job.progress == Progress(10, 9, 1)
    assert pushed.document("a3")["title"] == "Theirs"


def test_a_conflict_found_by_a_pull_ends_when_our_side_returns(pushed: World) -> None:
    pushed.service.edit(pushed.external_id("a3"), title="Theirs")
    pushed.write("a3", title="Ours")
    pushed.clock.advance(90_000)
    assert pushed.run("pull").progress.failed == 1
    pushed.write("a3", title="Title 3")
    assert pushed.run("pull").progress.failed == 0
    assert pushed.entity("a3").fields["title"] == "Theirs"


def test_a_pull_resync_wins_over_local_changes(pushed: World) -> None:
    pushed.write("a3", title="Ours")
    assert pushed.run("pull", "resync").progress == Progress(10, 10, 0)
    assert pushed.entity("a3").fields["title"] == "Title 3"


def test_the_index_may_lag_without_bringing_an_old_text_back(world: World) -> None:
    world.service.lag_ms = 30_000
    world.run("push")
    world.clock.advance(40_000)
    world.write("a3", title="Last", body="The *last* text")
    world.run("push")
    world.clock.advance(1_000)
    assert world.run("pull").progress.failed == 0
    assert world.entity("a3").fields["title"] == "Last"
    assert world.entity("a3").fields["body"] == "The *last* text"
    world.clock.advance(120_000)
    before = world.entity("a3")
    assert world.run("pull", "full").progress == Progress(10, 10, 0)
    assert world.entity("a3") == before


def test_incremental_pulls_see_what_became_visible_late(world: World) -> None:
    world.service.lag_ms = 30_000
    world.run("push")
    world.clock.advance(60_000)
    world.run("pull")
    world.service.edit(world.external_id("a1"), title="First")
    world.clock.advance(25_000)
    world.service.edit(world.external_id("a2"), title="Second")
    world.clock.advance(10_000)
    world.run("pull")
    world.clock.advance(30_000)
    world.run("pull")
    assert (world.entity("a1").fields["title"], world.entity("a2").fields["title"]) == ("First", "Second")


def test_a_field_cleared_in_the_service_is_null_here(pushed: World) -> None:
    version = pushed.service.now(pushed.external_id("a3"))
    assert version is not None
    pushed.service.put(pushed.external_id("a3"), {k: v for k, v in version.document.items() if k != "seo"})
    pushed.clock.advance(90_000)
    pushed.run("pull")
    assert pushed.entity("a3").fields["description"] is None
    assert pushed.entity("a3").fields["title"] == "Title 3"


def test_a_selected_pull_names_entities_without_a_link(pushed: World) -> None:
    pushed.write("new", title="Never pushed")
    pushed.service.edit(pushed.external_id("a1"), title="Edited")
    job = pushed.run("pull", entity_ids=("a1", "new"))
    assert job.progress == Progress(2, 1, 1)
    assert [line for line in pushed.log(job) if line.startswith("new:") and "not_linked" in line]
    assert pushed.entity("a1").fields["title"] == "Edited"


def test_a_selected_pull_does_not_wait_for_the_index(pushed: World) -> None:
    pushed.service.lag_ms = 3_600_000
    pushed.service.edit(pushed.external_id("a1"), title="Edited")
    assert pushed.run("pull", entity_ids=("a1",)).progress == Progress(1, 1, 0)
    assert pushed.entity("a1").fields["title"] == "Edited"


def test_a_value_that_returned_to_an_earlier_one_is_news_when_read_by_id(pushed: World) -> None:
    pushed.write("a1", title="Second thoughts")
    pushed.run("push")
    pushed.service.edit(pushed.external_id("a1"), title="Title 1")
    assert pushed.run("pull").progress.failed == 0
    assert pushed.entity("a1").fields["title"] == "Second thoughts"
    pushed.run("pull", entity_ids=("a1",))
    assert pushed.entity("a1").fields["title"] == "Title 1"


def test_archived_entities_are_never_written_by_a_pull(pushed: World) -> None:
    pushed.archive("a3")
    before = pushed.entity("a3")
    pushed.service.edit(pushed.external_id("a3"), title="Theirs")
    pushed.clock.advance(90_000)
    assert pushed.run("pull").progress.failed == 0
    assert pushed.entity("a3") == before


def test_an_entity_too_large_fails_alone(pushed: World) -> None:
    pushed.service.edit(pushed.external_id("a3"), title="x" * 400_000)
    pushed.service.edit(pushed.external_id("a4"), title="Fine")
    pushed.clock.advance(90_000)
    job = pushed.run("pull")
    assert job.progress == Progress(10, 9, 1)
    assert [line for line in pushed.log(job) if line.startswith("a3:") and "entity_too_large" in line]
    assert pushed.entity("a4").fields["title"] == "Fine"


def test_a_pull_that_lost_its_links_takes_what_it_wrote_for_no_local_change(pushed: World) -> None:
    pushed.service.edit(pushed.external_id("a3"), title="Theirs")
    pushed.service.put("post-7", {"_type": "post", "title": "Born there", "body": "<p>x</p>"})
    pushed.clock.advance(90_000)
    remembered = dict(pushed.tables.links[PROJECT, INTEGRATION])
    pushed.run("pull")
    pushed.tables.links[PROJECT, INTEGRATION] = remembered
    pushed.run("pull", "full")
    before = len(pushed.service.batches)
    assert pushed.run("push").progress == Progress(11, 11, 0)
    assert pushed.sent_since(before) == 0
    assert pushed.document("a3")["slug"] == {"current": "title-3"}


def test_a_local_change_of_an_entity_that_lost_its_link_is_pushed(world: World) -> None:
    world.service.put("post-7", {"_type": "post", "title": "Born there", "body": "<p>x</p>"})
    world.run("pull")
    world.tables.links.clear()
    world.write(entity_id_of_record("sanity", "fake", "post", "post-7"), description="Ours")
    world.run("pull", "full")
    world.run("push")
    version = world.service.now("post-7")
    assert version is not None
    assert version.document == {
        "_type": "post",
        "title": "Born there",
        "body": "<p>x</p>",
        "seo": {"description": "Ours"},
    }


def test_a_worker_that_read_before_its_lease_ran_out_writes_nothing_after_it(pushed: World) -> None:
    pushed.service.edit(pushed.external_id("a1"), title="Edited")
    pushed.run("pull")
    pushed.clock.advance(90_000)
    pushed.service.edit(pushed.external_id("a3"), title="Old")
    pushed.clock.advance(90_000)
    original = pushed.service.pull_page

    def freeze(*arguments: object) -> object:
        page = original(*arguments)  # type: ignore[arg-type]
        pushed.service.pull_page = original  # type: ignore[method-assign]
        pushed.clock.advance(70_000)
        pushed.service.edit(pushed.external_id("a3"), title="New")
        pushed.run("pull")
        return page

    pushed.service.pull_page = freeze  # type: ignore[method-assign,assignment]
    pushed.trigger("pull")
    assert pushed.look().end == "lease_lost"
    assert pushed.entity("a3").fields["title"] == "New"
    assert pushed.run("push").progress == Progress(10, 10, 0)
    assert pushed.document("a3")["title"] == "New"


def test_an_entity_that_had_no_link_when_asked_for_by_name_is_no_failure_of_later_runs(pushed: World) -> None:
    pushed.write("new", title="Never pushed")
    pushed.write("newer", title="Never pushed either")
    assert pushed.run("pull", entity_ids=("new", "newer")).progress == Progress(2, 0, 2)
    pushed.run("push", entity_ids=("new",))
    pushed.service.edit(pushed.external_id("new"), title="Theirs")
    pushed.clock.advance(90_000)
    assert pushed.run("pull").progress.failed == 0
    assert pushed.entity("new").fields["title"] == "Theirs"
    assert pushed.failures("pull") == {}


def test_a_record_that_was_gone_when_asked_for_by_name_is_no_failure_of_later_runs(pushed: World) -> None:
    del pushed.service.documents[pushed.external_id("a3")]
    assert pushed.run("pull", entity_ids=("a3",)).progress == Progress(1, 0, 1)
    assert pushed.run("pull").progress == Progress(10, 10, 0)
    assert pushed.failures("pull") == {}
