"""Fuzzes the running stack: `python -m tests.fuzz [--seed N] [--examples N]`; `make fuzz` brings a stack up for it."""

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fuzz.counts import Counts
from tests.fuzz.world import LEVELS, WRONG, World, furnish
from tools.stack.description import read_description
from tools.stack.places import ROOT

SCHEMATHESIS = ROOT / ".local/venvs/fuzz/bin/schemathesis"
DOCUMENT = ROOT / "docs/openapi.json"
CONFIGURATION = ROOT / "tests/fuzz/schemathesis.toml"
FOLDER = ROOT / ".local/fuzz"
EXAMPLES = 40
LEGAL_EXAMPLES = 100


@dataclass(frozen=True)
class Run:
    """One run of schemathesis with one key. `examples` None leaves it to the command line."""

    key: str
    kind: str
    options: tuple[str, ...] = ()
    examples: int | None = None

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.kind}, the key {self.key}"


LEGAL = ("--phases", "fuzzing", "--mode", "positive")
RUNS = tuple(
    [Run(level, "everything") for level in LEVELS]
    + [Run(level, "legal cases", LEGAL, LEGAL_EXAMPLES) for level in LEVELS[1:]]
    + [Run(WRONG, "legal cases", LEGAL, 3)]
)
"""Most cases of the first are illegal on purpose; the others make sure that enough get through. The gateway takes long
to refuse an unknown key."""


def main() -> int:
    """One run for each key. Prints what failed, then the counts; the exit status."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="cases that fuzzing makes for each operation")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    world, counts, failed, started = furnish(read_description()), Counts(), [], time.monotonic()
    world_file = _private(FOLDER / "world.json", world.as_json())
    for run in RUNS:
        failed += [] if _holds(run, world, world_file, options, counts) else [run.name]
    (FOLDER / "counts.json").write_text(json.dumps(counts.rows()))
    print(counts.table())
    shortcomings = counts.shortcomings(_methods())
    print(f"{counts.total} cases with seed {options.seed} in {time.monotonic() - started:.0f} s")
    for each in (*(f"checks of the run: {name}" for name in failed), *shortcomings):
        print(f"FAILED: {each}")
    return 1 if failed or shortcomings else 0


def _holds(run: Run, world: World, world_file: Path, options: argparse.Namespace, counts: Counts) -> bool:
    """Whether no check failed."""
    counts_file = FOLDER / "counts-of-run.json"
    counts_file.unlink(missing_ok=True)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "FUZZ_KEY": run.key,
        "FUZZ_WORLD": str(world_file),
        "FUZZ_COUNTS": str(counts_file),
        "FUZZ_SEED": str(options.seed),
    }
    command = [
        *(str(SCHEMATHESIS), "--config-file", str(CONFIGURATION), "run", str(DOCUMENT), "--url", world.api_url),
        *("--checks", "all", "--header", f"Authorization: Bearer {world.keys[run.key]}"),
        *("--seed", str(options.seed), "--max-examples", str(run.examples or options.examples), *run.options),
    ]
    print(f"── {run.name}", flush=True)
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    if not counts_file.exists():
        return False
    counts.add(json.loads(counts_file.read_text()))
    return done.returncode == 0


def _methods() -> dict[str, str]:
    """By operation."""
    paths: dict[str, Any] = json.loads(DOCUMENT.read_text())["paths"]
    return {each["operationId"]: method for path in paths.values() for method, each in path.items()}


def _private(path: Path, text: str) -> Path:
    """Keys are in it."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)
    return path


if __name__ == "__main__":
    sys.exit(main())
