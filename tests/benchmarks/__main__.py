"""`make bench`: the figures that the docs quote, as medians. Compare ratios; seconds are this machine's."""

import statistics
import subprocess
import sys
from pathlib import Path

from tests.benchmarks import costs, handlers, imports, throughput
from tests.benchmarks.consumed import Consumed
from tests.benchmarks.place import place_on_stack
from tools.stack.description import read_description

ROOT = Path(__file__).resolve().parents[2]
MEMORY_RUNS = 3


def main() -> None:
    """Prints every figure."""
    _imports()
    _handlers()
    _throughput()
    _memory()
    _costs()


def _imports() -> None:
    print("\nimport time, fresh interpreter, medians of", imports.RUNS)
    bare, medians = imports.import_seconds()
    print(f"  {'bare boto3 client':32} {bare * 1_000:6.0f} ms  1.00 x")
    for name, seconds in sorted(medians.items()):
        print(f"  {name:32} {seconds * 1_000:6.0f} ms  {seconds / bare:.2f} x")


def _handlers() -> None:
    print("\nwarm handler without AWS, medians of", handlers.RUNS)
    for name, milliseconds in handlers.warm_milliseconds().items():
        print(f"  {name:32} {milliseconds:6.2f} ms")


def _throughput() -> None:
    print(f"\npush of {throughput.ENTITIES} entities beside a bare httpx loop, medians of", throughput.RUNS)
    for label, with_markdown in (("plain mappings", False), ("the demo's mappings", True)):
        found = throughput.measure(with_markdown=with_markdown)
        print(
            f"  {label:32} engine {found.engine_seconds:.2f} s, bare {found.bare_seconds:.2f} s, "
            f"{found.ratio:.2f} of the bare loop ({found.requests} requests, {found.megabytes:.1f} MB)"
        )


def _memory() -> None:
    print("\npeak memory of a process that pushes generated entities, medians of", MEMORY_RUNS)
    small, large = (_peak_kib(count) for count in (1_000, 100_000))
    print(f"  1,000 entities {small / 1024:.0f} MiB, 100,000 entities {large / 1024:.0f} MiB: {large / small:.2f} x")


def _costs() -> None:
    print(f"\n{costs.RECORDS} entities with Sanity, per 1,000; units as our storage counts them")
    with place_on_stack(read_description()) as place:
        for measured in costs.exchanges(place, Consumed()):
            print(f"  {measured}", flush=True)


def _peak_kib(count: int) -> float:
    command = [sys.executable, "-m", "tests.benchmarks.memory", str(count)]
    outputs = [
        subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT) for _ in range(MEMORY_RUNS)
    ]
    return statistics.median(int(done.stdout) for done in outputs)


if __name__ == "__main__":
    main()
