"""Starts a simulator in a process of its own, and drives one over its admin routes: for fixtures and local tools.

with start_simulator("sanity", config={"projectId": "p1"}) as simulator:
    simulator.admin.seed([{"_id": "a", "_type": "post"}])
    … requests to simulator.url …
"""

import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.simulators.admin_client import AdminClient

REPOSITORY = Path(__file__).resolve().parents[2]
STOP_SECONDS = 10.0


@dataclass(slots=True)
class RunningSimulator:
    """A started simulator. `url` stands before its paths, `admin` drives it."""

    url: str
    admin_url: str
    pid: int
    admin: AdminClient
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Ends the process, by SIGTERM and if need be by SIGKILL. May be called twice."""
        _end(self.process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def start_simulator(
    service: str,
    *,
    config: Mapping[str, Any] | None = None,
    port: int = 0,
    state_file: Path | None = None,
    detached: bool = False,
    log_file: Path | None = None,
    start_seconds: float = 15.0,
) -> RunningSimulator:
    """Starts `tests.simulators.<service>` and waits until it listens.

    `config` goes in by stdin, so that tokens show up in no process list. Without `detached` the simulator ends with
    this process, however that ends; with it, it lives in a session of its own until it gets SIGTERM. What it prints
    on stderr goes to `log_file`, or is inherited. Raises `RuntimeError` if it doesn't start.
    """
    command = [sys.executable, "-m", f"tests.simulators.{service}", "--port", str(port), "--config-file", "-"]
    if state_file:
        command += ["--state-file", str(state_file)]
    if not detached:
        command.append("--exit-with-stdin")
    process = _spawn(command, detached=detached, log_file=log_file)
    line = _start(process, dict(config or {}), start_seconds)
    if not line:
        _end(process)
        message = f"the {service} simulator didn't start within {start_seconds} s: {' '.join(command)}"
        raise RuntimeError(message)
    if detached:
        _close(process)
    where = json.loads(line)
    return RunningSimulator(where["url"], where["adminUrl"], where["pid"], AdminClient(where["adminUrl"]), process)


def _spawn(command: list[str], *, detached: bool, log_file: Path | None) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    errors = log_file.open("ab") if log_file else None
    try:
        return subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=detached,
        )
    finally:
        if errors:
            errors.close()


def _start(process: subprocess.Popen[bytes], config: Mapping[str, Any], seconds: float) -> bytes:
    """Hands over the configuration; returns the line the process prints once it listens, or nothing."""
    if process.stdin is None or process.stdout is None:
        return b""
    try:
        process.stdin.write(json.dumps(config).encode() + b"\n")
        process.stdin.flush()
    except BrokenPipeError:
        return b""
    readable, _, _ = select.select([process.stdout], [], [], seconds)
    return process.stdout.readline() if readable else b""


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    _close(process)


def _close(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream:
            stream.close()
