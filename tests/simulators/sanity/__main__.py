"""Runs the Sanity simulator: `python -m tests.simulators.sanity --port 0`."""

import sys

from tests.simulators.command_line import serve
from tests.simulators.sanity.app import SanityService

if __name__ == "__main__":
    sys.exit(serve("sanity", SanityService))
