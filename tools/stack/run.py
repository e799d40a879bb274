"""`make run`: the stack with something to look at, served until Ctrl-C."""

import signal
import threading
from types import FrameType

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tools.import_content import import_files
from tools.stack import places
from tools.stack.arrived import show_what_arrived
from tools.stack.demo import ENTITY_TYPE, demos, integration_id
from tools.stack.description import StackDescription
from tools.stack.lifecycle import down, up
from tools.stack.own_pages import own_pages
from tools.stack.sync_jobs import ended, followed, open_api, outcome, trigger

FIRST = integration_id("sanity")
"""The sync that is shown as it goes; the others' ends are told."""
OTHERS_SECONDS = 60.0


def run_and_serve(console: Console) -> None:
    """Brings everything up, syncs the project's own pages, and serves until Ctrl-C or SIGTERM; then ends it all."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    try:
        stack = up(console.print)
        _import_own_pages(stack, console)
        with open_api(stack) as api:
            _sync(api, console)
            _sync_the_others(stack, api, console)
        show_what_arrived(stack, console)
        _say_what_to_try(stack, console)
        stop.wait()
    except KeyboardInterrupt:
        console.print("Ending")
    finally:
        down()


def _import_own_pages(stack: StackDescription, console: Console) -> None:
    """Each with the path by which the services that measure pages know it."""
    pages = {page.name: page for page in own_pages()}
    files = [(name, page.file) for name, page in pages.items()]
    report = import_files(stack, ENTITY_TYPE, files, lambda name: {"path": pages[name].path})
    console.print(f"Imported the project's own pages: {report}")


def _sync(api: httpx.Client, console: Console) -> None:
    """Pushes the pages, with a progress bar."""
    job_id = trigger(api, FIRST, "push")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(f"Syncing ({job_id})", total=None)
        for job in followed(api, job_id):
            done = job["progress"]["completed"] + job["progress"]["failed"]
            progress.update(task, completed=done, total=job["progress"]["total"] or None)
    console.print(f"The push of {FIRST} is {outcome(job)}")


def _sync_the_others(stack: StackDescription, api: httpx.Client, console: Console) -> None:
    """One run of each, side by side."""
    others = demos(stack.content["simulators"])
    del others[FIRST]
    jobs = {identifier: trigger(api, identifier, demo.direction) for identifier, demo in others.items()}
    for identifier, job_id in jobs.items():
        job = ended(api, job_id, OTHERS_SECONDS)
        console.print(f"The {others[identifier].direction} of {identifier} is {outcome(job)}")


def _say_what_to_try(stack: StackDescription, console: Console) -> None:
    console.print(f"\nThe API is at {stack.api_url}/api/v1; keys and everything else are in {places.DESCRIPTION}\nTry:")
    call = f"curl -H 'Authorization: Bearer {stack.key('read')}' {stack.api_url}/api/v1/jobs"
    console.print(f"  {call}\n", soft_wrap=True, markup=False)
    console.print("Ctrl-C ends it.")
