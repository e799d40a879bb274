"""Kills workers while they work: the processes in which this stack's emulator runs `run_sync`, and none other."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from tests.chaos.spared import Spared
from tests.chaos.tally import KILLED, SERVICES, Tally
from tests.e2e.platform import Platform
from tools.stack import places

PAUSE_SECONDS, PAUSE_SECONDS_MAXIMUM = 1.5, 10.0
JOBS_BETWEEN = 2
"""A new worker takes seconds to start: others have to get something done between two kills."""
ESTABLISHED = "01"


class Kills:
    """Counts as a hit a worker that had a connection to its service when it was killed. `jobs_ended` counts on."""

    def __init__(self, platform: Platform, spared: Spared, tally: Tally, jobs_ended: Callable[[], int]) -> None:
        self._spared = spared
        self._ports = {urlsplit(platform.simulator(each).access["url"]).port: each for each in SERVICES}
        self._tally = tally
        self._jobs_ended = jobs_ended
        self._killed_at, self._ended_then = 0.0, 0

    def go_on(self) -> None:
        """Kills one worker, if it works for a service whose workers were not killed often enough."""
        since = time.monotonic() - self._killed_at
        is_time = since > PAUSE_SECONDS and self._jobs_ended() >= self._ended_then + JOBS_BETWEEN
        if not is_time and since < PAUSE_SECONDS_MAXIMUM:
            return
        for pid in _workers():
            service = self._service_of(pid)
            if service and self._tally.lacks(KILLED, service) and not self._spared.is_any_recovered:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    self._tally.add(KILLED, service)
                    self._killed_at, self._ended_then = time.monotonic(), self._jobs_ended()
                return

    def _service_of(self, pid: int) -> str | None:
        """The service that the process is connected to."""
        sockets = set()
        with suppress(OSError):
            for file in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    sockets.add(str(file.readlink()))
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        ports = [
            int(row[2].partition(":")[2], 16)
            for row in rows
            if f"socket:[{row[9]}]" in sockets and row[3] == ESTABLISHED
        ]
        return next((self._ports[port] for port in ports if port in self._ports), None)


def _workers() -> Iterator[int]:
    """By their command lines, which name a file below this stack's own folder."""
    folder = f"{places.TEMPORARY}/ministack-lambda-"
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        with suppress(OSError):
            arguments = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if any(each.startswith(folder) and "-RunSyncFunction-" in each for each in arguments):
                yield int(process.name)
