"""Entities of several types in one walk."""

from dataclasses import replace
from unittest.mock import patch

import pytest

from integrations.domain.entity import Entity
from integrations.domain.job import Progress
from tests.unit.sync.world import PROJECT, World

TYPES = {"article": "post", "author": "person", "note": "memo"}


@pytest.fixture
def mixed(world: World) -> World:
    """Thirty entities of three types, whose ids alternate."""
    world.configure(entityTypes=TYPES)
    for number in range(30):
        entity_type = list(TYPES)[number % 3]
        world.entities.create(PROJECT, Entity(f"m{number:02d}", entity_type, {"title": f"T {number}"}, 1_000, 1_000))
    return world


@pytest.mark.parametrize("slice_ms", [1, 60_000])
def test_entities_of_all_types_are_pushed_once_whatever_the_slices(mixed: World, slice_ms: int) -> None:
    mixed.slice_ms = slice_ms
    job = mixed.run("push")
    sent = [record.entity_id for batch in mixed.service.batches for record in batch]
    assert job.progress == Progress(40, 40, 0)
    assert len(sent) == len(set(sent)) == 40


def test_no_link_is_read_for_two_pages(mixed: World) -> None:
    ranges = []
    between = type(mixed.links).between

    def noted(links, project_id, integration_id, after_id, through_id):
        ranges.append((after_id, through_id))
        return between(links, project_id, integration_id, after_id, through_id)

    with (
        patch("integrations.sync.entity_work.STAMPS_PER_PAGE", 7),
        patch("integrations.sync.entity_work.STAMPS_PER_PAGE_MINIMUM", 2),
        patch.object(type(mixed.links), "between", noted),
    ):
        job = mixed.run("push")
    assert job.progress.completed == 40
    assert len(ranges) == 6
    assert [after for after, _ in ranges[1:]] == [through for _, through in ranges[:-1]]


def test_an_unchanged_entity_of_any_type_is_recognised(mixed: World) -> None:
    mixed.run("push")
    batches = len(mixed.service.batches)
    stored = mixed.entities.read(PROJECT, "note", ["m02"])["m02"]
    changed = replace(stored, fields={"title": "New"}, updated_at=stored.updated_at + 1)
    assert mixed.entities.replace(PROJECT, changed, stored.updated_at)
    assert mixed.run("push").progress == Progress(40, 40, 0)
    assert [record.entity_id for batch in mixed.service.batches[batches:] for record in batch] == ["m02"]
