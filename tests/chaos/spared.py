"""Who is spared for a while, lest chaos brings about what it isn't about: jobs that rightly fail, or wait for hours."""

import time
from collections.abc import Sequence

from integrations.storage.leases import is_leased, lines_of_project
from integrations.storage.table import Table
from tests.chaos.lines import Line

RECOVERIES_MAXIMUM = 2
"""At the fifth time that a job is left at one place it fails, and a record that alone kills workers is given up."""
LONG_WAIT_MS = 62_000
"""Waits grow from a minute on: this one was the second, and the next would be longer than a run may take."""
BEFORE_MS = 3_000
LOOK_SECONDS = 2.0


class Spared:
    """Looks at all lines now and then."""

    def __init__(self, table: Table, lines: Sequence[Line]) -> None:
        self._table = table
        self._lines = {(line.platform.stack["projectId"], line.id): line for line in lines}
        self._waits: dict[str, tuple[Line, int]] = {}
        self._next_at = 0.0
        self.is_any_recovered = False

    def look(self) -> None:
        """Sees which lines wait long, and whether one was left again and again."""
        if time.monotonic() < self._next_at:
            return
        self._next_at = time.monotonic() + LOOK_SECONDS
        now = _now_ms()
        self.is_any_recovered = False
        for project_id in {project_id for project_id, _ in self._lines}:
            for item in lines_of_project(self._table, project_id):
                is_held = is_leased(item, now)
                self.is_any_recovered |= is_held and item["recoveries"] >= RECOVERIES_MAXIMUM
                line = self._lines.get((project_id, str(item["sk"])))
                if line and line.open and not is_held and item.get("dueAt", 0) - now > LONG_WAIT_MS:
                    self._waits[min(line.open)] = line, item["dueAt"]

    def services(self) -> set[str]:
        """Those for which a job goes on that has waited long, until it has ended."""
        now = _now_ms()
        return {
            line.service
            for job_id, (line, end_ms) in self._waits.items()
            if job_id in line.open and end_ms - BEFORE_MS < now
        }


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
