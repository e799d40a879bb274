"""Runs the Loops simulator: `python -m tests.simulators.loops --port 0`."""

import sys

from tests.simulators.command_line import serve
from tests.simulators.loops.app import LoopsService

if __name__ == "__main__":
    sys.exit(serve("loops", LoopsService))
