"""Workers that work through a line's wake-ups, and what stops or freezes them at one place."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from integrations.sync.recover import recover_overdue
from integrations.sync.slice import Worker
from tests.unit.sync.crashes.watching import READS, Call, watched_ports
from tests.unit.sync.world import INTEGRATION, PROJECT, World

PAST_LEASE_MS = 70_000
DELIVERIES_MAXIMUM = 500


class Stopped(BaseException):
    """The worker is dead: nothing of it goes on, no handler runs."""


@dataclass
class Watch:
    """Counts calls, the ones that did something (`done`) apart, and calls `happening` at one `place`: 2n is just
    before the n-th effect, 2n + 1 just after it. What lies between two effects is the same to those outside."""

    place: int | None = None
    happening: Callable[[], None] = lambda: None
    passed: int = 0
    has_happened: bool = False
    calls: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)

    def __call__(self, name: str, call: Call) -> Any:
        if name in READS:
            return call()
        self._pass()
        result = call()
        self.calls[name] += 1
        self.done[name] += bool(result)
        if name == "service.push_batch":
            self.sent.update(record.entity_id for record in call.args[0])  # type: ignore[attr-defined]
        self._pass()
        return result

    def _pass(self) -> None:
        is_there = self.passed == self.place
        self.passed += 1
        if is_there:
            self.has_happened = True
            self.happening()


def work(world: World, watch: Watch) -> None:
    """Delivers wake-ups, those of the recovery too, until the line is empty and nobody's."""
    for _ in range(DELIVERIES_MAXIMUM):
        if not world.wake_ups.sent and world.tables.line(PROJECT, INTEGRATION).due_at is None:
            return
        if not world.wake_ups.sent:
            world.clock.advance(PAST_LEASE_MS)
            recover_overdue(world.line, world.wake_ups, world.clock, 5)
        else:
            _deliver(world, watch)
    raise AssertionError(f"the jobs don't end: {world.tables.jobs}")


def _deliver(world: World, watch: Watch) -> None:
    """One slice; its wake-up is gone once it has ended."""
    message = world.wake_ups.sent[0]
    now = world.clock.advance(message.delay_ms + 1)
    worker = Worker(watched_ports(world.ports(), watch), f"worker-{now}", call_seconds_maximum=5)
    worker.look(PROJECT, INTEGRATION, now + world.slice_ms)
    watch("wake_ups.delete", partial(_forget, world, message))


def _forget(world: World, message: Any) -> None:
    if message in world.wake_ups.sent:
        world.wake_ups.sent.remove(message)


def stopped_at(world: World, place: int) -> Watch:
    """The job's way when its first worker stops at the place, and its wake-up gets lost with it at every second."""

    def stop() -> None:
        raise Stopped

    watch = Watch(place, stop)
    try:
        work(world, watch)
    except Stopped:
        if place % 2:
            world.wake_ups.sent.clear()
        world.clock.advance(PAST_LEASE_MS)
        work(world, watch)
    return watch


def frozen_after(world: World, effect: int) -> Watch:
    """The job's way when its first worker freezes after the effect, others take the line and end it, and it goes on."""

    def freeze() -> None:
        world.wake_ups.sent.clear()
        world.clock.advance(PAST_LEASE_MS)
        work(world, watch)

    watch = Watch(2 * effect + 1, freeze)
    work(world, watch)
    return watch
