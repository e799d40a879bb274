"""`python -m tests.chaos [--seed N] [--mutant NAME]`: 0 if all came out right, 3 with a list of what did not."""

import argparse
import secrets
import sys

from rich.console import Console

from tests.chaos.mutants import MUTANTS, VIOLATED, run_on_mutant
from tests.chaos.run import ChaosRun
from tests.e2e.platform import load_platform

SEEDS = 1_000_000
CHAOS_SECONDS = 240.0


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="repeats the choices of the run that printed it; else a random one")
    parser.add_argument("--mutant", choices=sorted(MUTANTS), help="runs on a copy with this fault planted in it")
    parser.add_argument("--seconds", type=float, default=CHAOS_SECONDS, help="how long chaos may go on")
    parser.add_argument("--until-violated", action="store_true", help="ends as soon as anything is found")
    options = parser.parse_args()
    seed = secrets.randbelow(SEEDS) if options.seed is None else options.seed
    if options.mutant:
        return run_on_mutant(options.mutant, seed)
    console = Console(highlight=False, width=120)
    console.print(f"SEED={seed}: `make chaos SEED={seed}` repeats it")
    platform = load_platform()
    try:
        run = ChaosRun(platform, seed, console, options.seconds, until_violated=options.until_violated)
        return VIOLATED if run.go() else 0
    finally:
        platform.close()


if __name__ == "__main__":
    sys.exit(main())
