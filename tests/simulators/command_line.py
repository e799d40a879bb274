"""How a simulator's process starts, says where it is, and ends."""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.simulators.server import SimulatorServer
from tests.simulators.service import Service


def serve(name: str, make_service: Callable[[Mapping[str, Any]], Service]) -> int:
    """Runs one simulator until SIGTERM or SIGINT; prints one JSON line with its url once it listens."""
    options = _parser(name).parse_args()
    service = make_service(_configuration(options))
    if options.state_file and options.state_file.exists():
        service.import_state(json.loads(options.state_file.read_text()))
    server = SimulatorServer(service, options.port)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if options.exit_with_stdin:
        threading.Thread(target=_wait_for_stdin_to_close, args=(stop,), daemon=True).start()
    loop = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    loop.start()
    line = {"service": name, "url": server.url, "adminUrl": f"{server.url}/__sim", "pid": os.getpid()}
    print(json.dumps(line), flush=True)
    stop.wait()
    server.shutdown()
    if options.state_file:
        _save(service, options.state_file)
    return 0


def _parser(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m tests.simulators.{name}", description=f"Simulates {name}.")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--state-file", type=Path, help="read at the start if it exists, written at the end")
    parser.add_argument("--config", help="switches as a JSON object")
    parser.add_argument("--config-file", help="a file with switches as a JSON object; - reads one line of stdin")
    parser.add_argument("--exit-with-stdin", action="store_true", help="ends when stdin closes, as SIGTERM does")
    return parser


def _configuration(options: argparse.Namespace) -> dict[str, Any]:
    configuration: dict[str, Any] = {}
    if options.config_file:
        text = sys.stdin.readline() if options.config_file == "-" else Path(options.config_file).read_text()
        configuration |= json.loads(text)
    if options.config:
        configuration |= json.loads(options.config)
    return configuration


def _wait_for_stdin_to_close(stop: threading.Event) -> None:
    while sys.stdin.readline():
        pass
    stop.set()


def _save(service: Service, path: Path) -> None:
    partial = path.with_name(f"{path.name}.partial")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(service.export_state(), separators=(",", ":")))
    partial.replace(path)
