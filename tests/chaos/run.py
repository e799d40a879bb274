"""One run: chaos while everybody syncs, calm until all has ended, undisturbed runs, and the checks."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random

from rich.console import Console

from integrations.storage.table import Table
from tests.chaos.cast import clear_up, make_lines
from tests.chaos.expectations import job_violations, last_sync_violations, undisturbed_violations
from tests.chaos.faults import Faults
from tests.chaos.kills import Kills
from tests.chaos.lines import Line, jobs_of, next_directions
from tests.chaos.messages import Messages, Recovery
from tests.chaos.remembered import link_violations, memory_violations
from tests.chaos.report import show_hits, show_jobs, show_violations
from tests.chaos.spared import Spared
from tests.chaos.tally import Tally
from tests.chaos.workers import more_workers
from tests.e2e.platform import Platform

CALM_SECONDS_MAXIMUM = 150.0
UNDISTURBED_SECONDS_MAXIMUM = 90.0
TICK_SECONDS = 0.05
LOOK_SECONDS = 1.0
"""Each look at a project's jobs is a call of the API, and takes as much of the machine as a small sync."""
PROGRESS_SECONDS = 20.0


@dataclass(slots=True)
class ChaosRun:
    """`go` returns what was violated. With `until_violated` it ends as soon as that is anything, however little chaos
    there was by then."""

    platform: Platform
    seed: int
    console: Console
    chaos_seconds: float
    until_violated: bool = False
    tally: Tally = field(default_factory=Tally)
    violations: list[str] = field(default_factory=list)

    def go(self) -> list[str]:
        """All phases, each bounded in time."""
        lines = make_lines(self.platform, self.seed)
        self._say(f"{len(lines)} integrations are made; chaos begins")
        try:
            with more_workers(self.platform):
                self._chaos(lines)
                self._say("Calm")
                if self._may_go_on() and self._until_ended(lines, CALM_SECONDS_MAXIMUM) and self._may_go_on():
                    self._settled(lines)
        finally:
            clear_up(self.platform)
        if not self.until_violated:
            self._say("Looking at all jobs")
            self._found(each for line in lines for each in job_violations(line))
            self._found(self.tally.violations())
        show_hits(self.console, self.tally)
        show_jobs(self.console, lines)
        show_violations(self.console, self.violations)
        return self.violations

    def _chaos(self, lines: Sequence[Line]) -> None:
        random, projects = Random(f"{self.seed}/chaos"), _by_project(lines)
        spared = Spared(self._table, lines)
        faults = Faults(self.platform, spared, self.tally, random)
        doings: list[Callable[[], None]] = [
            spared.look,
            faults.go_on,
            Kills(self.platform, spared, self.tally, lambda: _ended(lines)).go_on,
            Messages(self.platform, lines, self.tally, random).go_on,
            Recovery(self.platform).go_on,
        ]
        calm = threading.Event()
        with ThreadPoolExecutor(len(projects)) as pool:
            busy = [pool.submit(self._keep_busy, group, calm) for group in projects.values()]
            try:
                self._repeat(doings, lines, busy)
            finally:
                calm.set()
        for each in busy:
            each.result()
        faults.end()

    def _repeat(
        self, doings: Sequence[Callable[[], None]], lines: Sequence[Line], busy: Sequence[Future[None]]
    ) -> None:
        """Until everything hit often enough, time is up, or one of those that keep busy has failed."""
        deadline, said_at = time.monotonic() + self.chaos_seconds, time.monotonic()
        while not self.tally.is_full and time.monotonic() < deadline and not any(each.done() for each in busy):
            if not self._may_go_on():
                return
            for do in doings:
                do()
            if time.monotonic() - said_at > PROGRESS_SECONDS:
                self._say(f"{_ended(lines)} jobs ended")
                said_at = time.monotonic()
            time.sleep(TICK_SECONDS)

    def _keep_busy(self, group: Sequence[Line], calm: threading.Event) -> None:
        """Compares what rests, edits it, and syncs it again."""
        while not calm.is_set():
            _look_after(group)
            for line in group:
                if not line.open and not calm.is_set():
                    self._compare_round(line)
                    if line.jobs:
                        line.scenario.edit()
                    line.trigger(next_directions(line, line.scenario.place.random))
            time.sleep(LOOK_SECONDS)

    def _compare_round(self, line: Line) -> None:
        """Both sides and what is remembered have to be right as soon as a round of jobs says that all was exchanged: no
        later run may have to make that true."""
        if line.is_round_clean:
            line.rounds_compared += 1
            jobs = ", ".join(line.last_round.values())
            found = [*line.scenario.violations(), *link_violations(line, self._table)]
            self._found(f"{line.name}: after {jobs}: {each}" for each in found)

    def _settled(self, lines: Sequence[Line]) -> None:
        """An undisturbed run each, after which both sides are as they should be, and one that writes nothing."""
        for line in lines:
            self._compare_round(line)
        self._undisturbed(lines, may_change=True)
        self._say("Comparing both sides with what they should hold")
        for line in lines:
            self._found(f"{line.name}: {each}" for each in line.scenario.violations())
            self._found(last_sync_violations(line))
        before = {line.id: line.scenario.state() for line in lines}
        self._undisturbed(lines, may_change=False)
        self._say("Comparing what is remembered with both sides")
        self._found(each for line in lines for each in memory_violations(line, self._table))
        changed = [line for line in lines if line.scenario.state() != before[line.id]]
        self._found(f"{line.name}: a further run wrote something" for line in changed)

    def _undisturbed(self, lines: Sequence[Line], *, may_change: bool) -> None:
        self._say("Undisturbed runs")
        known = {line.id: set(line.directions) for line in lines}
        for line in lines:
            line.trigger(line.scenario.directions)
        self._until_ended(lines, UNDISTURBED_SECONDS_MAXIMUM)
        for line in lines:
            runs = line.directions.keys() - known[line.id]
            self._found(undisturbed_violations(line, runs, may_change=may_change))

    def _until_ended(self, lines: Sequence[Line], seconds: float) -> bool:
        """Waits until all jobs have ended; whether they have in time."""
        recovery = Recovery(self.platform)
        deadline = time.monotonic() + seconds
        while any(line.open for line in lines) and time.monotonic() < deadline:
            recovery.go_on()
            for group in _by_project(lines).values():
                if any(line.open for line in group):
                    _look_after(group)
            time.sleep(LOOK_SECONDS)
        waiting = [line for line in lines if line.open]
        self._found(f"{line.name}: {len(line.open)} jobs don't end within {seconds:.0f} s" for line in waiting)
        return not waiting

    def _found(self, violations: Iterable[str]) -> None:
        """Lists extend in one step, so threads may do it side by side."""
        self.violations.extend([*violations])

    def _may_go_on(self) -> bool:
        return not (self.until_violated and self.violations)

    @property
    def _table(self) -> Table:
        return Table(self.platform.aws("dynamodb"), self.platform.stack["tables"]["integrations"])

    def _say(self, words: str) -> None:
        hits, missing = self.tally.hits.total(), self.tally.missing
        self.console.print(f"{time.strftime('%H:%M:%S')} {words}; {hits} faults hit, {missing} to come")


def _look_after(group: Iterable[Line]) -> None:
    """Sees how the project's jobs are."""
    group = list(group)
    seen = jobs_of(group[0].platform)
    for line in group:
        line.note(seen)


def _ended(lines: Sequence[Line]) -> int:
    return sum(len(line.directions) - len(line.open) for line in lines)


def _by_project(lines: Sequence[Line]) -> dict[str, list[Line]]:
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.platform.stack["projectId"], []).append(line)
    return groups
