"""A worker that makes one call at a time, when it is told to: so several can be interleaved in any order.

Each runs in a thread of its own, and only ever while the one that told it to waits.
"""

from threading import Semaphore, Thread
from typing import Any

from integrations.domain.job import Lease
from integrations.sync.slice import Worker
from tests.unit.sync.crashes.disturbing import Stopped
from tests.unit.sync.crashes.watching import Call, watched_ports
from tests.unit.sync.world import INTEGRATION, PROJECT, World

UNFENCED = frozenset({"service.push_batch", "entities.create", "entities.replace", "links.write", "failures.write"})
"""Writes that ask for no lease: they are begun while it lasts, and end before a lease that was taken then could."""


class SteppedWorker:
    """One look at the line. `call` is the call it makes next, None once it has ended."""

    def __init__(self, world: World, owner: str) -> None:
        self._world = world
        self._worker = Worker(watched_ports(world.ports(), self._before), owner, call_seconds_maximum=5)
        self._turn, self._done = Semaphore(0), Semaphore(0)
        self._is_dead = False
        self._error: BaseException | None = None
        self.lease: Lease | None = None
        self.call: str | None = None
        Thread(target=self._run, daemon=True).start()
        self._done.acquire()

    @property
    def is_late(self) -> bool:
        """Whether another holder has come."""
        line = self._world.tables.line(PROJECT, INTEGRATION)
        return self.lease is not None and line.fence != self.lease.fence

    def step(self) -> None:
        """Makes the call, and thinks on until the next one."""
        if self.call is None:
            return
        if self.call in UNFENCED and self.lease and self._expires_at() <= self._world.clock():
            self._is_dead = True
        self._turn.release()
        self._done.acquire()
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Dead, before the call."""
        self._is_dead = True
        self.step()

    def _expires_at(self) -> int:
        return 0 if self.is_late else self._world.tables.line(PROJECT, INTEGRATION).lease_expires_at

    def _run(self) -> None:
        try:
            now = self._world.clock()
            self._worker.look(PROJECT, INTEGRATION, now + self._world.slice_ms)
        except Stopped:
            pass
        except BaseException as error:  # noqa: BLE001 - it is raised where the step was asked for
            self._error = error
        self.call = None
        self._done.release()

    def _before(self, name: str, call: Call) -> Any:
        self.call = name
        self._done.release()
        self._turn.acquire()
        if self._is_dead:
            raise Stopped
        result = call()
        if name == "line.acquire":
            self.lease = result
        return result
