"""Disturbs a job at every place and compares what comes of it."""

import pickle
from collections.abc import Callable
from itertools import count

from integrations.storage.outbox import GRACE_MS
from integrations.sync.telling import tell_overdue
from tests.unit.sync.crashes.disturbing import Watch, work
from tests.unit.sync.crashes.outcome import outcome
from tests.unit.sync.world import World

BATCH_RECORDS_MAXIMUM = 4
"""What the services in memory take at once."""

type Way = Callable[[World, int], Watch]


def unchanged(world: World) -> None:
    """The engine and its stores as they are."""


def examine(world: World, way: Way, mutate: Callable[[World], None] = unchanged) -> None:
    """Raises `AssertionError` at the first place where something else comes of it than of an undisturbed run, where
    an entity is written twice, or where more than one batch or page is exchanged twice."""
    stored = pickle.dumps(world)
    undisturbed, reference = pickle.loads(stored), Watch()
    work(undisturbed, reference)
    expected = outcome(undisturbed)
    for place in count():
        other = pickle.loads(stored)
        mutate(other)
        watch = way(other, place)
        if not watch.has_happened:
            return
        assert outcome(other) == expected, f"at place {place}"
        _compare(watch, reference, place)
        assert _told(other) >= _told(undisturbed), f"at place {place} not every written entity was told of"
        assert _ends_told(other) == _ends_told(undisturbed), f"at place {place} not every end was told of"


def _told(world: World) -> set[tuple[str, str]]:
    return {(change.entity_id, change.kind) for _, change in world.bus.changes}


def _ends_told(world: World) -> set[str]:
    """The ids of what was told of jobs' ends, by the recovery at last."""
    world.clock.advance(GRACE_MS)
    tell_overdue(world.outbox, world.bus, world.clock)
    assert not world.tables.outbox
    return {event.detail["eventId"] for event in world.bus.events if event.name.startswith("sync.")}


def _compare(watch: Watch, reference: Watch, place: int) -> None:
    again = [entity_id for entity_id, times in watch.sent.items() if times > reference.sent[entity_id]]
    assert len(again) <= BATCH_RECORDS_MAXIMUM, f"at place {place} {again} are sent again"
    for name in ("entities.create", "entities.replace"):
        assert watch.done[name] == reference.done[name], f"at place {place} {name} was made again"
    pages = "service.pull_page"
    assert watch.calls[pages] <= reference.calls[pages] + 1, f"at place {place} several pages were read again"
