"""`make run`: the stack with something to look at, served until Ctrl-C."""

import signal
import threading
import time
from pathlib import PurePosixPath
from types import FrameType
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tools.content import relative_files
from tools.import_content import import_files
from tools.stack import places
from tools.stack.demo import DOCUMENT_TYPE, ENTITY_TYPE, INTEGRATION_ID
from tools.stack.description import StackDescription
from tools.stack.lifecycle import down, up

POLL_SECONDS = 0.25
SHOWN_DOCUMENTS = 5
SHOWN_CHARACTERS = 40


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
        _sync(stack, console)
        _show_what_arrived(stack, console)
        _say_what_to_try(stack, console)
        stop.wait()
    except KeyboardInterrupt:
        console.print("Ending")
    finally:
        down()


def _import_own_pages(stack: StackDescription, console: Console) -> None:
    readme = places.ROOT / "README.md"
    files = [(PurePosixPath("docs") / name, path) for name, path in relative_files(places.ROOT / "docs")]
    files += [(PurePosixPath("README.md"), readme)] if readme.exists() else []
    console.print(f"Imported the project's own pages: {import_files(stack, ENTITY_TYPE, files)}")


def _sync(stack: StackDescription, console: Console) -> None:
    """Triggers a push over HTTP and follows the job."""
    headers = {"Authorization": f"Bearer {stack.key('write')}"}
    with httpx.Client(base_url=f"{stack.api_url}/api/v1", headers=headers, timeout=30, trust_env=False) as api:
        answer = api.post(f"/integrations/{INTEGRATION_ID}/sync", json={"direction": "push"}).raise_for_status()
        job_id = answer.json()["data"]["jobId"]
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console) as progress:
            task = progress.add_task(f"Syncing ({job_id})", total=None)
            while (job := _job(api, job_id))["completedAt"] is None:
                done = job["progress"]["completed"] + job["progress"]["failed"]
                progress.update(task, completed=done, total=job["progress"]["total"] or None)
                time.sleep(POLL_SECONDS)
            progress.update(task, completed=job["progress"]["total"], total=job["progress"]["total"])
    console.print(f"The job is {job['status']}: {job['progress']}")


def _job(api: httpx.Client, job_id: str) -> dict[str, Any]:
    job: dict[str, Any] = api.get(f"/jobs/{job_id}").raise_for_status().json()["data"]
    return job


def _show_what_arrived(stack: StackDescription, console: Console) -> None:
    sanity = stack.simulator("sanity")
    dump = httpx.get(f"{sanity['adminUrl']}/dump", params={"type": DOCUMENT_TYPE}, trust_env=False).raise_for_status()
    documents = dump.json()["documents"]
    table = Table(title=f"{len(documents)} documents arrived in the simulated Sanity")
    for column in ("_id", "title", "slug.current", "body"):
        table.add_column(column, no_wrap=True, max_width=SHOWN_CHARACTERS)
    for document in documents[:SHOWN_DOCUMENTS]:
        slug, body = document.get("slug", {}).get("current"), document.get("body", "")
        table.add_row(document["_id"], document.get("title"), slug, " ".join(body.split())[:SHOWN_CHARACTERS])
    console.print(table)


def _say_what_to_try(stack: StackDescription, console: Console) -> None:
    console.print(f"\nThe API is at {stack.api_url}/api/v1; keys and everything else are in {places.DESCRIPTION}\nTry:")
    call = f"curl -H 'Authorization: Bearer {stack.key('read')}' {stack.api_url}/api/v1/jobs"
    console.print(f"  {call}\n", soft_wrap=True, markup=False)
    console.print("Ctrl-C ends it.")
