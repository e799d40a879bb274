"""Runs the Notebook simulator: `python -m tests.simulators.notebook --port 0`."""

import sys

from tests.simulators.command_line import serve
from tests.simulators.notebook.app import NotebookService

if __name__ == "__main__":
    sys.exit(serve("notebook", NotebookService))
