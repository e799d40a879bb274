"""Workers that die: batches are cut, and a record that no worker survives is skipped."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from integrations.domain.entity import Entity
from integrations.domain.job import BatchCut, Job, Progress
from integrations.providers.contract import BatchLimits
from integrations.sync.caution import cut_after, cuts_past
from integrations.sync.receiving import Receiver
from tests.unit.sync.world import INTEGRATION, PROJECT, World


class Killed(BaseException):
    """What a worker's death is: nothing catches it, nothing is tidied up."""


def kills(world: World, entity_id: str) -> None:
    """From now on no worker survives sending this record."""
    original = world.service.push_batch

    def push_batch(records: Sequence[Any], job_id: str) -> Any:
        if any(record.entity_id == entity_id for record in records):
            world.service.batches.append(list(records))
            raise Killed
        return original(records, job_id)

    world.service.push_batch = push_batch  # type: ignore[method-assign]


def work_through(world: World, job_id: str, look: Callable[[], object] | None = None) -> tuple[Job, int]:
    """Works until the job has ended; the job, and how many workers it took the lives of."""
    deaths = 0
    while world.job(job_id).completed_at is None:
        try:
            (look or world.look)()
        except Killed:
            deaths += 1
            world.clock.advance(70_000)
        assert deaths < 30
    return world.job(job_id), deaths


@pytest.fixture
def many() -> World:
    """A thousand articles, in batches as large as Sanity's."""
    world = World()
    world.service.batch_limits = BatchLimits(1_000, 1_000_000)
    for number in range(1_000):
        world.write(f"a{number:03}", title=f"Title {number}")
    return world


def test_each_death_cuts_the_batch_to_an_eighth() -> None:
    assert cut_after((), 1, 1_000) == (BatchCut(125, 1_000),)
    assert [cut.records for cut in cut_after((), 5, 1_000)] == [125, 15, 1, 1, 1]
    assert [cut.records for cut in cut_after((), 3, 100)] == [12, 1, 1]
    assert [cut.records for cut in cut_after((), 3, 10_000)] == [125, 15, 1]
    assert cut_after((BatchCut(125, 600),), 1, 1_000) == (BatchCut(125, 600), BatchCut(15, 125))


def test_a_cut_ends_with_the_batch_that_died() -> None:
    cuts = (BatchCut(125, 1_000), BatchCut(15, 125), BatchCut(1, 15))
    assert cuts_past(cuts, 1) == (BatchCut(125, 999), BatchCut(15, 124), BatchCut(1, 14))
    assert cuts_past(cuts, 15) == (BatchCut(125, 985), BatchCut(15, 110))
    assert cuts_past(cuts, 1_000) == ()


@pytest.mark.parametrize("place", [0, 14, 500, 999])
def test_a_record_that_kills_its_worker_twice_alone_is_failed_and_skipped(many: World, place: int) -> None:
    kills(many, f"a{place:03}")
    job, deaths = work_through(many, many.trigger("push"))
    assert (job.status, job.progress) == ("completed", Progress(1_000, 999, 1))
    assert job.failure_reasons == {"poison": 1}
    assert [line for line in many.log(job) if line.startswith(f"a{place:03}: ") and "(poison)" in line]
    alone = [batch for batch in many.service.batches if [r.entity_id for r in batch] == [f"a{place:03}"]]
    assert len(alone) == 2
    assert deaths == 5
    assert len(many.service.documents) == 999


def test_batches_are_whole_again_after_the_one_that_died(many: World) -> None:
    many.service.batch_limits = BatchLimits(100, 1_000_000)
    kills(many, "a050")
    work_through(many, many.trigger("push"))
    sizes = [len(batch) for batch in many.service.batches]
    assert sizes[:2] == [100, 12]
    assert sizes[-9:-1] == [100] * 8
    assert max(sizes[1:-9]) == 12


def test_a_worker_that_died_of_something_else_costs_smaller_batches_and_no_record(many: World) -> None:
    original, calls = many.service.push_batch, []

    def die_once(records: Sequence[Any], job_id: str) -> Any:
        calls.append(len(records))
        if len(calls) == 1:
            raise Killed
        return original(records, job_id)

    many.service.push_batch = die_once  # type: ignore[method-assign]
    job, _ = work_through(many, many.trigger("push"))
    assert job.progress == Progress(1_000, 1_000, 0)
    assert max(calls[1:]) <= 125
    assert len(calls) <= 11


def test_the_remembered_poison_is_not_tried_again_before_it_changes(world: World) -> None:
    kills(world, "a3")
    work_through(world, world.trigger("push"))
    before = len(world.service.batches)
    job, deaths = work_through(world, world.trigger("push"))
    assert (job.progress, deaths, world.sent_since(before)) == (Progress(10, 9, 1), 0, 0)
    world.write("a3", title="Changed")
    _, deaths = work_through(world, world.trigger("push"))
    assert deaths > 0


def test_a_lease_that_is_only_extended_forgets_no_death(world: World) -> None:
    """A job must not run for ever because its workers live long enough to extend their lease."""
    world.run("push")

    def pull_page(*_: object) -> Any:
        raise Killed

    world.service.pull_page = pull_page  # type: ignore[method-assign]
    original = world.service.first_cursor

    def first_cursor(watermark: str | None) -> Any:
        world.clock.advance(57_000)
        return original(watermark)

    world.service.first_cursor = first_cursor  # type: ignore[method-assign]
    job, deaths = work_through(world, world.trigger("pull"))
    assert (job.status, deaths) == ("failed", 5)
    assert job.step == 5


def test_a_place_that_no_record_explains_is_given_up_and_named(world: World) -> None:
    world.run("push")

    def pull_page(*_: object) -> Any:
        raise Killed

    world.service.pull_page = pull_page  # type: ignore[method-assign]
    job, deaths = work_through(world, world.trigger("pull"))
    assert (job.status, deaths) == ("failed", 5)
    [line] = [line for line in world.log(job) if "workers stopped 5 times" in line]
    assert "cursor" in line


def killing_receiver(world: World, monkeypatch: pytest.MonkeyPatch, entity_id: str) -> None:
    original = Receiver._write

    def write(self: Receiver, arrival: Any, *arguments: Any) -> Any:
        if arrival.entity_id == entity_id:
            raise Killed
        return original(self, arrival, *arguments)

    monkeypatch.setattr(Receiver, "_write", write)


def test_a_record_that_kills_its_worker_in_a_page_is_failed_and_skipped(
    pushed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        pushed.service.edit(pushed.external_id(f"a{number}"), title=f"Edited {number}")
    pushed.clock.advance(90_000)
    killing_receiver(pushed, monkeypatch, "a4")
    job, deaths = work_through(pushed, pushed.trigger("pull"))
    assert (job.status, job.progress) == ("completed", Progress(10, 9, 1))
    assert [line for line in pushed.log(job) if line.startswith("a4: ") and "(poison)" in line]
    titles = {f"a{number}": pushed.entity(f"a{number}").fields["title"] for number in range(10)}
    assert titles == {f"a{number}": f"Edited {number}" if number != 4 else "Title 4" for number in range(10)}
    assert deaths == 3
    job, deaths = work_through(pushed, pushed.trigger("pull"))
    assert (job.progress.failed, deaths) == (1, 0)


def test_a_record_that_kills_its_worker_when_pulled_by_name_is_failed_and_skipped(
    pushed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for entity_id in ("a1", "a2", "a3"):
        pushed.service.edit(pushed.external_id(entity_id), title="Edited")
    killing_receiver(pushed, monkeypatch, "a2")
    job, deaths = work_through(pushed, pushed.trigger("pull", entity_ids=("a1", "a2", "a3")))
    assert (job.progress, job.failure_reasons) == (Progress(3, 2, 1), {"poison": 1})
    assert deaths == 4


def test_fields_that_are_no_json_fail_their_entity_alone(world: World) -> None:
    broken = Entity("a3", "article", {}, 1, 2, problem="the stored fields are no JSON")
    world.tables.entities[PROJECT, "article"]["a3"] = broken
    job = world.run("push")
    assert job.progress == Progress(10, 9, 1)
    assert [line for line in world.log(job) if line.startswith("a3: ") and "(entity_unreadable)" in line]
    assert world.tables.entities[PROJECT, "article"]["a3"] == broken
    assert "a3" not in world.tables.links[PROJECT, INTEGRATION]
