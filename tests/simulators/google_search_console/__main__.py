"""Runs the Search Console simulator: `python -m tests.simulators.google_search_console --port 0`."""

import sys

from tests.simulators.command_line import serve
from tests.simulators.google_search_console.app import SearchConsoleService

if __name__ == "__main__":
    sys.exit(serve("google_search_console", SearchConsoleService))
