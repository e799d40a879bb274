"""Whoever writes an entity tells of it, at least once."""

import pytest

from integrations.domain.errors import Unavailable
from integrations.domain.events import EntityChange
from tests.unit.sync.world import INTEGRATION, World

HOUR_MS = 3_600_000


def told(world: World) -> list[EntityChange]:
    """What was told since, all of it with the integration as its origin."""
    changes, world.bus.changes = world.bus.changes, []
    assert {origin for origin, _ in changes} <= {INTEGRATION}
    return [change for _, change in changes]


def edit(world: World) -> None:
    """Somebody edits a document and makes another."""
    world.clock.advance(HOUR_MS)
    world.service.edit(world.external_id("a1"), title="Edited there")
    world.service.put("new", {"_type": "post", "title": "New"})


def test_a_pull_tells_of_what_it_wrote_and_of_nothing_else(pushed: World) -> None:
    assert told(pushed) == []
    edit(pushed)
    pushed.run("pull")
    [created, updated] = sorted(told(pushed), key=lambda change: change.kind)
    stored = pushed.entities.read("demo", "article", [created.entity_id, "a1"])
    assert updated == EntityChange("a1", "article", stored["a1"].updated_at, "updated")
    assert created == EntityChange(created.entity_id, "article", stored[created.entity_id].updated_at, "created")
    pushed.run("pull", "full")
    pushed.run("push")
    assert told(pushed) == []


def test_what_a_worker_wrote_without_telling_is_told_by_the_next(pushed: World) -> None:
    edit(pushed)
    pushed.bus.reachable = False
    pushed.trigger("pull")
    with pytest.raises(Unavailable):
        pushed.look()
    assert pushed.entity("a1").fields["title"] == "Edited there"
    pushed.bus.reachable = True
    pushed.clock.advance(HOUR_MS)
    pushed.look()
    assert sorted(change.kind for change in told(pushed)) == ["created", "updated"]


def test_an_archived_entity_is_told_before_it_is_archived(pushed: World) -> None:
    pushed.configure(onArchive="delete")
    del pushed.service.documents[pushed.external_id("a1")]
    pushed.bus.reachable = False
    pushed.trigger("pull", "resync")
    with pytest.raises(Unavailable):
        pushed.look()
    assert pushed.entity("a1").archived_at is None
    pushed.bus.reachable = True
    pushed.clock.advance(HOUR_MS)
    pushed.look()
    stored = pushed.entity("a1")
    assert stored.archived_at is not None
    assert told(pushed)[-1] == EntityChange("a1", "article", stored.updated_at, "archived")
