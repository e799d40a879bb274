"""`python -m tools.stack up | down | run | during <command…>`."""

import argparse
import subprocess
import sys

from rich.console import Console

from tools.stack.lifecycle import down, is_up, up
from tools.stack.run import run_and_serve


def main() -> int:
    """The exit code: that of the command for `during`, 1 when the stack could not be started."""
    console = Console(stderr=True, highlight=False)
    options = _parser().parse_args()
    try:
        match options.command:
            case "up":
                print(up(console.print).api_url)
            case "down":
                down()
            case "run":
                run_and_serve(console)
            case "during":
                return _during(options.arguments, console)
    except RuntimeError as error:
        console.print(str(error), style="red", markup=False)
        return 1
    return 0


def _during(arguments: list[str], console: Console) -> int:
    """Runs a command on the stack, and leaves the stack as it was: down if it was down."""
    was_up = is_up()
    up(console.print)
    try:
        return subprocess.run(arguments, check=False).returncode  # nosec B603 # who called make said what to run
    finally:
        if not was_up:
            down()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.stack", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="starts, builds and deploys in the background; prints the API's address")
    commands.add_parser("down", help="ends all of it")
    commands.add_parser("run", help="up, with content and one sync to look at; serves until Ctrl-C")
    during = commands.add_parser("during", help="runs a command while the stack is up")
    during.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser


if __name__ == "__main__":
    sys.exit(main())
