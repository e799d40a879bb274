"""What a run prints: the table of hits, and what was violated."""

from collections import Counter
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from tests.chaos.lines import Line
from tests.chaos.tally import IMPOSSIBLE, KINDS, SERVICES, Tally


def show_hits(console: Console, tally: Tally) -> None:
    """Kind by service, and why some can't be."""
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("fault that hit")
    for service in (*SERVICES, "together"):
        table.add_column(service, justify="right")
    for kind in KINDS:
        counts = [tally.hits[kind, service] for service in SERVICES]
        shown = [
            "-" if (kind, service) in IMPOSSIBLE else str(count)
            for service, count in zip(SERVICES, counts, strict=True)
        ]
        table.add_row(kind, *shown, str(sum(counts)))
    console.print(table)
    console.print(f"{tally.hits.total()} faults hit")
    for (kind, service), reason in IMPOSSIBLE.items():
        console.print(f"- {kind}, {service}: {reason}")


def show_jobs(console: Console, lines: Sequence[Line]) -> None:
    """How many ended how."""
    jobs = [job for line in lines for job in line.jobs.values()]
    failed = sum(bool(job["progress"]["failed"]) for job in jobs)
    records = sum(job["progress"]["completed"] for job in jobs)
    ended = sum(job["status"] == "completed" for job in jobs)
    console.print(
        f"{len(lines)} integrations, {len(jobs)} jobs: {ended} completed, {len(jobs) - ended} not; {failed} with"
        f" records that failed for a while; {records} records exchanged"
    )
    compared = sum(line.rounds_compared for line in lines)
    console.print(f"{compared} times both sides were compared as soon as jobs had said that all was exchanged")
    waits = Counter(wait for line in lines for wait in line.waits())
    for (service, seconds, code), count in sorted(waits.items()):
        console.print(f"- {service}: {count} waits of {seconds} s, {code}")


def show_violations(console: Console, violations: Sequence[str]) -> None:
    """A line each."""
    for violation in violations:
        console.print(f"VIOLATED {violation}", style="red", markup=False, soft_wrap=True)
    console.print(f"{len(violations)} violations" if violations else "Nothing was violated")
