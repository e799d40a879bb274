"""Processes that outlive the command which started them: each in a session of its own, found again by its pid."""

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Background:
    """A background process. `mark` is part of its command line, so that a pid used anew isn't taken for it."""

    pid: int
    mark: str

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        with suppress(ChildProcessError):
            os.waitpid(self.pid, os.WNOHANG)
        shown = subprocess.run(  # nosec B603 B607 # the system's own, asked for a number
            ["ps", "-o", "command=", "-p", str(self.pid)], capture_output=True, text=True, check=False
        )
        return self.mark in shown.stdout

    def stop(self) -> None:
        """Ends it and everything it started: SIGTERM, and SIGKILL for what is left after a while."""
        if not self.alive:
            return
        _signal_group(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self.alive and time.monotonic() < deadline:
            time.sleep(0.05)
        _signal_group(self.pid, signal.SIGKILL)


def start_in_background(command: list[str], environment: dict[str, str], folder: Path, log_file: Path) -> int:
    """Starts a session leader with exactly this environment, and returns its pid."""
    with log_file.open("ab") as log:
        process = subprocess.Popen(  # nosec B603 # a command of ours, without a shell
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return process.pid


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _signal_group(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
