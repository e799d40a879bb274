"""What full, incremental and resync read, and what the watermark between runs is."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from integrations.domain.errors import ConfigurationRefused
from integrations.domain.field_mapping import FieldMapping
from integrations.domain.integration import Watermark
from integrations.domain.job import Direction, Mode, Progress
from tests.unit.sync.world import INTEGRATION, MAPPINGS, PROJECT, World


def watermark(world: World, direction: Direction) -> Watermark | None:
    return world.integrations.watermark(PROJECT, INTEGRATION, direction)


def entities_read(world: World) -> list[str]:
    """The ids of entities whose fields are read from now on."""
    found: list[str] = []
    original = world.entities.read

    def read(project_id: str, entity_type: str, ids: Iterable[str]) -> Any:
        ids = list(ids)
        found.extend(ids)
        return original(project_id, entity_type, ids)

    world.entities.read = read  # type: ignore[method-assign]
    return found


@pytest.mark.parametrize("direction", ["push", "pull"])
def test_unchanged_records_are_recognised_without_reading_fields(pushed: World, direction: Direction) -> None:
    pushed.run("pull")
    read = entities_read(pushed)
    pushed.run(direction, "full")
    assert read == []


@pytest.mark.parametrize("direction", ["push", "pull"])
def test_a_run_of_named_entities_moves_no_watermark(pushed: World, direction: Direction) -> None:
    pushed.run("pull")
    before = watermark(pushed, direction)
    pushed.write("a1", title="Newer")
    pushed.service.edit(pushed.external_id("a2"), title="Newer there")
    pushed.run(direction, entity_ids=("a1", "a2"))
    assert watermark(pushed, direction) == before


@pytest.mark.parametrize("direction", ["push", "pull"])
def test_a_run_that_stops_or_is_cancelled_moves_no_watermark(pushed: World, direction: Direction) -> None:
    pushed.run("pull")
    before = watermark(pushed, direction)
    pushed.write("a1", title="Newer")
    pushed.service.faults = [ConfigurationRefused("no such dataset")]
    assert pushed.run(direction).status == "failed"
    job_id = pushed.trigger(direction)
    pushed.tables.request_cancel(PROJECT, job_id)
    pushed.integrations.put(replace(pushed.integration, status="inactive"))
    pushed.look()
    assert pushed.job(job_id).status == "cancelled"
    assert watermark(pushed, direction) == before


def test_a_run_in_which_every_record_failed_moves_no_watermark(world: World) -> None:
    world.service.poisoned = {f"a{number}" for number in range(10)}
    assert world.run("push").status == "failed"
    assert watermark(world, "push") is None


def test_a_run_with_some_failures_moves_it(world: World) -> None:
    world.service.poisoned = {"a1"}
    world.run("push")
    assert watermark(world, "push") == Watermark(str(world.entity("a9").updated_at), 1)


def test_the_watermark_of_a_pull_is_the_services_time_and_not_ours(world: World) -> None:
    world.run("push")
    written_at = world.clock()
    world.clock.advance(10_000_000)
    world.run("pull")
    assert watermark(world, "pull") == Watermark(f"{written_at:015d}", 1)


def test_a_full_push_does_not_vouch_for_what_was_written_behind_its_back(world: World) -> None:
    world.slice_ms = 1
    job_id = world.trigger("push")
    world.look()
    world.clock.advance(3_600_000)
    world.write("a0", title="Written while the run was beyond it")
    world.slice_ms = 240_000
    world.look()
    assert world.job(job_id).status == "completed"
    assert world.run("push", "incremental").progress.failed == 0
    assert world.document("a0")["title"] == "Written while the run was beyond it"


@pytest.mark.parametrize("direction", ["push", "pull"])
def test_after_a_change_of_mappings_the_next_run_is_full(pushed: World, direction: Direction) -> None:
    pushed.run("pull")
    pushed.integrations.put(replace(pushed.integration, mapping_version=2, field_mappings=MAPPINGS[:1]))
    assert (pushed.run(direction, "incremental").checkpoint or {})["mode"] == "full"
    assert (pushed.run(direction, "incremental").checkpoint or {})["mode"] == "incremental"


@pytest.mark.parametrize("direction", ["push", "pull"])
def test_after_a_change_in_the_middle_of_a_run_the_next_one_is_full(pushed: World, direction: Direction) -> None:
    pushed.run("pull")
    pushed.slice_ms = 1
    job_id = pushed.trigger(direction, "resync")
    pushed.look()
    assert pushed.job(job_id).status == "running"
    pushed.integrations.put(replace(pushed.integration, mapping_version=2))
    pushed.slice_ms = 240_000
    pushed.look()
    assert pushed.job(job_id).status == "completed"
    assert (pushed.run(direction, "incremental").checkpoint or {})["mode"] == "full"


@pytest.mark.parametrize("mode", ["full", "incremental"])
def test_an_echo_ends_after_one_round(pushed: World, mode: Mode) -> None:
    pushed.write("a3", title="From here")
    pushed.run("push", mode)
    before, batches = pushed.entity("a3"), len(pushed.service.batches)
    pushed.run("pull", entity_ids=("a3",))
    pushed.run("pull", mode)
    pushed.run("push", mode)
    assert (pushed.entity("a3"), pushed.sent_since(batches)) == (before, 0)


@pytest.mark.parametrize("direction", ["push", "pull"])
def test_of_a_target_without_memory_the_runs_direction_wins(pushed: World, direction: Direction) -> None:
    mappings = (*MAPPINGS, FieldMapping("fields.author", "author"))
    pushed.write("a3", author="Ours")
    pushed.service.edit(pushed.external_id("a3"), author="Theirs")
    pushed.integrations.put(replace(pushed.integration, mapping_version=2, field_mappings=mappings))
    pushed.clock.advance(90_000)
    assert pushed.run(direction).progress.failed == 0
    winner = "Ours" if direction == "push" else "Theirs"
    assert (pushed.entity("a3").fields["author"], pushed.document("a3")["author"]) == (
        ("Ours", "Ours") if direction == "push" else ("Theirs", "Theirs")
    ), winner


def test_equal_changes_on_both_sides_are_no_conflict_and_the_link_takes_them(pushed: World) -> None:
    pushed.service.edit(pushed.external_id("a3"), title="The same")
    pushed.write("a3", title="The same")
    pushed.clock.advance(90_000)
    before, batches = pushed.entity("a3"), len(pushed.service.batches)
    assert pushed.run("pull").progress == Progress(10, 10, 0)
    assert pushed.entity("a3") == before
    pushed.run("push")
    assert pushed.sent_since(batches) == 0
    assert pushed.document("a3")["title"] == "The same"


def test_overwrite_takes_their_side_of_a_conflict_on_a_pull(pushed: World) -> None:
    pushed.configure(onConflict="overwrite")
    pushed.service.edit(pushed.external_id("a3"), title="Theirs")
    pushed.write("a3", title="Ours")
    pushed.clock.advance(90_000)
    assert pushed.run("pull").progress == Progress(10, 10, 0)
    assert pushed.entity("a3").fields["title"] == "Theirs"


def test_a_refused_record_changes_no_link(pushed: World) -> None:
    before = pushed.tables.links[PROJECT, INTEGRATION]["a3"]
    pushed.service.poisoned = {"a3"}
    pushed.write("a3", title="Refused")
    pushed.run("push")
    assert pushed.tables.links[PROJECT, INTEGRATION]["a3"] == before
