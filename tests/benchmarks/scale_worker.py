"""One sync in a process of its own: takes an order as JSON on stdin, prints its figures as JSON."""

import json
import sys

from tests.benchmarks.exchange import Exchange
from tests.benchmarks.place import Place
from tests.benchmarks.scale import entity_types


def main() -> None:
    """Runs it."""
    order = json.load(sys.stdin)
    direction, count = order["direction"], order["count"]
    exchange = Exchange(Place(**order["place"]), "int_scale", entity_types(count))
    measured = exchange.run(direction, direction, "full", count)
    figures = {
        "calls": measured.calls_per_thousand,
        "read": measured.per_thousand(measured.usage.read_units),
        "write": measured.per_thousand(measured.usage.write_units),
        "requests": measured.requests,
        "slices": measured.slices,
        "seconds": measured.seconds,
        "peakMib": measured.peak_mib,
    }
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main()
