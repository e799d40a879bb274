"""Two sides that are edited, jobs, and workers that stop, freeze and come back, in any order."""

from dataclasses import asdict
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from integrations.domain.errors import RateLimited, RetryLater
from integrations.domain.job import UNFINISHED
from integrations.domain.line import Finish
from integrations.sync.recover import recover_overdue
from integrations.sync.stages import ended
from tests.unit.sync.crashes.disturbing import Watch, work
from tests.unit.sync.crashes.stepping import SteppedWorker
from tests.unit.sync.world import INTEGRATION, PROJECT, World

WORKERS_MAXIMUM = 4
PLACES = (
    "entities.read",
    "service.push_batch",
    "service.pull_page",
    "service.read_records",
    "entities.replace",
    "links.write",
    "line.advance",
    "failures.clear",
    "line.finish",
    "line.release",
)
numbers = st.integers(0, 5)


class Interleaving(RuleBasedStateMachine):
    """What holds whatever the service; a kind of service says how its side is edited and what both must come to."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.workers: list[SteppedWorker] = []
        self.started = 0
        self.values = 0
        self.progress: dict[str, tuple[int, int]] = {}
        self.unremembered: set[str] = set()
        self.set_up()

    def set_up(self) -> None:
        """Configures the service, and writes the first entities."""

    def check_sides(self) -> None:
        """After a last push, pull and push: nothing is lost, nothing doubled."""

    @rule(direction=st.sampled_from(["push", "pull"]), mode=st.sampled_from(["full", "incremental", None]))
    def ask(self, direction: Any, mode: Any) -> None:
        self.world.trigger(direction, mode)
        self.world.wake_ups.send(PROJECT, INTEGRATION, 0)

    @rule(direction=st.sampled_from(["push", "pull"]), number=numbers)
    def ask_for_one_and_lose_the_wake_up(self, direction: Any, number: int) -> None:
        self.world.trigger(direction, None, (f"e{number}", "e1"))

    @precondition(lambda self: self.world.wake_ups.sent and len(self.workers) < WORKERS_MAXIMUM)
    @rule(is_delivered_twice=st.booleans())
    def wake(self, is_delivered_twice: bool) -> None:
        if not is_delivered_twice:
            self.world.wake_ups.sent.pop(0)
        self.started += 1
        self.world.clock.advance(1)
        self.workers.append(SteppedWorker(self.world, f"worker-{self.started}"))

    @precondition(lambda self: len(self.workers) < WORKERS_MAXIMUM)
    @rule(direction=st.sampled_from(["push", "pull"]), call=st.sampled_from(PLACES))
    def begin_and_freeze_before(self, direction: Any, call: str) -> None:
        self.ask(direction, None)
        self.wake(is_delivered_twice=False)
        self._go_on(self.workers[-1], call)

    @precondition(lambda self: self.world.wake_ups.sent)
    @rule()
    def lose_a_wake_up(self) -> None:
        self.world.wake_ups.sent.pop()

    @rule()
    def recover(self) -> None:
        recover_overdue(self.world.line, self.world.wake_ups, self.world.clock, 5)

    @precondition(lambda self: self.workers)
    @rule(number=numbers, call=st.sampled_from(PLACES))
    def go_on_until_before(self, number: int, call: str) -> None:
        self._go_on(self.workers[number % len(self.workers)], call)

    @precondition(lambda self: self.workers)
    @rule(number=numbers)
    def go_on_to_the_end(self, number: int) -> None:
        self._go_on(self.workers[number % len(self.workers)], "")

    @rule()
    def another_takes_over(self) -> None:
        self.world.clock.advance(70_000)
        self.recover()
        if self.world.wake_ups.sent and len(self.workers) < WORKERS_MAXIMUM:
            self.wake(is_delivered_twice=False)
            self._go_on(self.workers[-1], "")

    @precondition(lambda self: self.workers)
    @rule(number=numbers)
    def stop(self, number: int) -> None:
        self.workers.pop(number % len(self.workers)).stop()

    @rule(milliseconds=st.sampled_from([1, 30_000, 61_000, 70_000, 1_000_000]))
    def time_passes(self, milliseconds: int) -> None:
        self.world.clock.advance(milliseconds)

    @rule(number=numbers)
    def cancel(self, number: int) -> None:
        """As the API does it: at once if nobody has the lease, else by a flag for the next checkpoint."""
        jobs = [job for job in self.world.tables.jobs.values() if job.status in UNFINISHED]
        if not jobs:
            return
        job, now = jobs[number % len(jobs)], self.world.clock()
        lease = self.world.line.acquire(PROJECT, INTEGRATION, f"cancel-{now}", now)
        if lease is None:
            self.world.tables.request_cancel(PROJECT, job.id)
        else:
            self.world.line.finish(lease, ended(job, "cancelled", now), Finish())
            self.world.line.release(lease, now)

    @invariant()
    def one_job_runs_and_none_has_overtaken_it(self) -> None:
        jobs = [job for _, job in sorted(self.world.tables.jobs.items())]
        running = [index for index, job in enumerate(jobs) if job.status == "running"]
        assert len(running) <= 1
        assert not running or all(job.completed_at for job in jobs[: running[0]])

    @invariant()
    def counts_only_grow(self) -> None:
        for job in self.world.tables.jobs.values():
            before = self.progress.get(job.id, (0, 0))
            now = (job.progress.completed, job.progress.failed)
            assert now[0] >= before[0] and now[1] >= before[1], job
            assert job.progress.total >= sum(now) or job.status == "cancelled", job
            self.progress[job.id] = now

    def teardown(self) -> None:
        for index, worker in enumerate(list(self.workers)):
            while worker.call is not None:
                worker.stop() if index % 2 else self._step(worker)
        self._calm()
        self.world.wake_ups.sent.clear()
        self.world.clock.advance(70_000)
        work(self.world, Watch())
        self.one_job_runs_and_none_has_overtaken_it()
        self.counts_only_grow()
        for job in self.world.tables.jobs.values():
            assert job.completed_at is not None
            if job.status == "completed":
                assert job.progress.total == job.progress.completed + job.progress.failed
        self.world.clock.advance(900_000)
        for direction in ("push", "pull", "push"):
            self.world.run(direction, "full")  # type: ignore[arg-type]
            self.world.clock.advance(900_000)
        self.check_sides()

    def _has_record(self, external_id: str) -> bool:
        """Whether the service has it."""
        raise NotImplementedError

    def _calm(self) -> None:
        """The service is well again."""

    def _go_on(self, worker: SteppedWorker, call: str) -> None:
        self._step(worker)
        while worker.call not in (None, call):
            self._step(worker)
        if worker.call is None:
            self.workers.remove(worker)

    def _step(self, worker: SteppedWorker) -> None:
        """Whoever comes late changes nothing that is fenced."""
        was_late, before = worker.is_late, self._fenced()
        worker.step()
        if was_late:
            assert self._fenced() == before

    def _fenced(self) -> Any:
        tables = self.world.tables
        return dict(tables.jobs), asdict(tables.line(PROJECT, INTEGRATION)), dict(tables.watermarks)

    def _edited(self, entity_id: str, external_id: str) -> None:
        """Notes an entity that is edited here after its record was made and before that was remembered."""
        is_linked = entity_id in self.world.tables.links.get((PROJECT, INTEGRATION), {})
        if self._has_record(external_id) and not is_linked:
            self.unremembered.add(entity_id)

    def _is_certain(self, entity_id: str) -> bool:
        """Whether the newest value must have won: not so where the job that would have repeated a batch, and so
        remembered its records, was ended instead. To a pull its values are then without memory, and the pull's win."""
        was_repeated = all(job.status == "completed" for job in self.world.tables.jobs.values())
        return was_repeated or entity_id not in self.unremembered

    def _value(self) -> str:
        """One that never was before."""
        self.values += 1
        return f"value {self.values}"


class Troubled(Interleaving):
    """A service that sometimes can't."""

    def _calm(self) -> None:
        self.world.service.faults.clear()
        self.world.service.lose_answers = 0

    @rule(fault=st.sampled_from([RateLimited("too many", retry_after_seconds=40), RetryLater("503"), None]))
    def trouble(self, fault: Exception | None) -> None:
        if fault is None:
            self.world.service.lose_answers = 1
        else:
            self.world.service.faults = [fault]
