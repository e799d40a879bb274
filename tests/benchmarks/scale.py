"""`make scale`: as many entities as a project may have, pushed and pulled back on the local stack's DynamoDB.

Each sync runs in a process that does nothing else (`scale_worker`), with the worker's own runtime and the times of a
deployment on AWS. Its memory has to stay below 256 MiB, and its calls to DynamoDB have to grow with the entities.

The entities are of several types because the emulator reads all of a partition to answer a query.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence

from tests.benchmarks.exchange import Exchange
from tests.benchmarks.place import Place, place_on_stack
from tools.stack.description import StackDescription, read_description

COUNTS = (50_000, 200_000)
TYPE_ENTITIES = 5_000
MEMORY_MAXIMUM_MIB = 256
GROWTH_MAXIMUM = 1.05
"""Calls per 1,000 entities, of the largest count beside the smallest."""

type Figures = dict[str, float]
type Runs = dict[str, Figures]


def entity_types(count: int) -> dict[str, str]:
    """Entity type → document type."""
    return {f"type{number:03d}": f"doc{number:03d}" for number in range(max(1, count // TYPE_ENTITIES))}


def measure(stack: StackDescription, count: int) -> Runs:
    """A first push of `count` entities, and a pull of all of them that finds nothing changed."""
    with place_on_stack(stack) as place:
        exchange = Exchange(place, "int_scale", entity_types(count))
        exchange.connect()
        exchange.write_entities(count)
        return {direction: _run(place, direction, count) for direction in ("push", "pull")}


def _run(place: Place, direction: str, count: int) -> Figures:
    order = json.dumps({"place": place.as_json(), "direction": direction, "count": count})
    command = [sys.executable, "-m", "tests.benchmarks.scale_worker"]
    done = subprocess.run(command, input=order, stdout=subprocess.PIPE, text=True, check=True)
    figures: Figures = json.loads(done.stdout)
    _print(direction, count, figures)
    return figures


def _print(direction: str, count: int, figures: Figures) -> None:
    words = (
        "{calls:6.1f} calls {read:7.1f} read {write:7.1f} write units per 1,000; {requests:4} requests, {slices} slices"
    )
    described = words.format(**figures)
    print(
        f"  {direction} of {count:7,}: {figures['peakMib']:4.0f} MiB; {described}, {figures['seconds']:5.0f} s",
        flush=True,
    )


def _problems(runs: Sequence[Runs]) -> list[str]:
    problems = []
    for direction in ("push", "pull"):
        each = [figures[direction] for figures in runs]
        if max(figures["peakMib"] for figures in each) >= MEMORY_MAXIMUM_MIB:
            problems.append(f"a {direction} took {MEMORY_MAXIMUM_MIB} MiB or more")
        growth = each[-1]["calls"] / each[0]["calls"]
        print(f"  {direction}: {growth:.3f} times the calls per 1,000 entities")
        if growth > GROWTH_MAXIMUM:
            problems.append(f"the calls of a {direction} grow faster than its entities")
    return problems


def main() -> int:
    """1 if it took too much."""
    parser = argparse.ArgumentParser(prog="make scale", description=__doc__)
    parser.add_argument("--entities", type=int, nargs="+", default=COUNTS)
    counts = parser.parse_args().entities
    stack = read_description()
    problems = _problems([measure(stack, count) for count in counts])
    print("\n".join(problems))
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
