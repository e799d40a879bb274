"""What has to hold of jobs and integrations, whatever happened to them."""

import re
from collections.abc import Iterable

from tests.chaos.lines import Job, Line, is_clean

EVERY_RECORD_FAILED = re.compile(r"Failed: 0 records done, \d+ failed")
"""The one reason for which a job may fail here: no service stays away for so long, and no credentials are refused."""


def job_violations(line: Line) -> Iterable[str]:
    """Of all the line's jobs: they ended, for a reason, and their counters add up."""
    for job_id in line.directions:
        job = line.jobs.get(job_id)
        if job is None or job["completedAt"] is None:
            yield f"{line.name}: job {job_id} has not ended: {job}"
            continue
        progress = job["progress"]
        if progress["total"] != progress["completed"] + progress["failed"]:
            yield f"{line.name}: the counters of job {job_id} don't add up: {progress}"
        if job["status"] != "completed":
            yield from _failed_without_reason(line, job)


def last_sync_violations(line: Line) -> Iterable[str]:
    """`lastSyncAt` is the end of the last job without failures."""
    shown = line.platform.integration(line.id)["lastSyncAt"]
    clean = [job["completedAt"] for job in line.jobs.values() if is_clean(job)]
    if shown != max(clean, default=None):
        unclean = [job["id"] for job in line.jobs.values() if job["completedAt"] == shown and not is_clean(job)]
        yield f"{line.name}: lastSyncAt is {shown}, should be {max(clean, default=None)} {unclean or ''}"


def undisturbed_violations(line: Line, job_ids: Iterable[str], *, may_change: bool) -> Iterable[str]:
    """Of runs that nothing disturbed: all was exchanged, nothing is left as failed, and what can't have changed
    anything has counted exactly what there is."""
    for job_id in job_ids:
        job = line.jobs.get(job_id)
        if job is not None and is_clean(job) and not may_change:
            counted, expected = job["progress"]["total"], line.scenario.counts()[line.directions[job_id]]
            if counted != expected:
                yield f"{line.name}: a {line.directions[job_id]} counted {counted} records, should be {expected}"
        if job is None or not is_clean(job):
            detail = line.platform.job(job_id)
            lines = [entry["message"] for entry in detail["logs"] if entry["level"] != "info"][-3:]
            yield f"{line.name}: an undisturbed {line.directions[job_id]} isn't clean: {detail['progress']} {lines}"


def _failed_without_reason(line: Line, job: Job) -> Iterable[str]:
    messages = [entry["message"] for entry in line.platform.job(job["id"])["logs"]]
    last = messages[-1] if messages else "no log"
    if job["status"] != "failed" or not EVERY_RECORD_FAILED.match(last):
        yield f"{line.name}: job {job['id']} ended as {job['status']}: {last}"
