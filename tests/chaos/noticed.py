"""`python -m tests.chaos.noticed [MUTANT …]`: 0 if runs notice each of these planted faults (all, if none is named)."""

import argparse
import time

from tests.chaos.mutants import MUTANTS, VIOLATED, run_on_mutant

SEED = 1


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="make chaos-mutants", description=__doc__)
    parser.add_argument("mutants", nargs="*", choices=sorted(MUTANTS), metavar="MUTANT")
    results = [_tried(name) for name in parser.parse_args().mutants or MUTANTS]
    print(*(f"{words}: {MUTANTS[name].about} ({name}, {seconds} s)" for name, words, seconds in results), sep="\n")
    return 0 if all(words == "noticed" for _, words, _ in results) else 1


def _tried(name: str) -> tuple[str, str, int]:
    began = time.monotonic()
    code = run_on_mutant(name, SEED)
    words = {VIOLATED: "noticed", 0: "NOT NOTICED"}.get(code, f"BROKE THE RUN OFF with code {code}")
    return name, words, round(time.monotonic() - began)


if __name__ == "__main__":
    raise SystemExit(main())
