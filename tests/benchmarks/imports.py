"""Import time of each built handler beside a bare `boto3.client("dynamodb")`, in fresh interpreters.

The layers and functions are the built ones, bytecode included, as a Lambda would unpack them.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

BARE = 'import boto3; boto3.client("dynamodb", region_name="us-east-1")'
RUNS = 7


def import_seconds(build: Path, runs: int = RUNS) -> dict[str, float]:
    """Medians by handler, and of the bare client under `(bare client)`; all taken in turn, so that noise hits all."""
    commands = {"(bare client)": (BARE, _path([]))}
    for app in sorted(build.glob("*Function/app.py")):
        commands[app.parent.name] = ("import app; app.lambda_handler", _path(_layers(build), app.parent))
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs + 1):
        for name, (code, path) in commands.items():
            times[name].append(_run(code, path))
    return {name: statistics.median(values[1:]) for name, values in times.items()}


def _layers(build: Path) -> list[Path]:
    return sorted(path / "python" for path in build.glob("*Layer") if (path / "python").is_dir())


def _path(layers: list[Path], function: Path | None = None) -> str:
    return os.pathsep.join(str(path) for path in ([function] if function else []) + layers)


def _run(code: str, path: str) -> float:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": path,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "POWERTOOLS_SERVICE_NAME": "bench",
    }
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd="/")
    return time.perf_counter() - begin
