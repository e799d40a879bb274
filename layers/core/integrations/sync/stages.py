"""How a job begins and how it ends. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from integrations.domain.integration import Integration, Watermark
from integrations.domain.job import Job, JobStatus, Mode, Progress
from integrations.sync.ports import Finish

PUSH_OVERLAP_MS = 2 * 60 * 1_000


def first_checkpoint(job: Job, integration: Integration, watermark: Watermark | None) -> dict[str, Any]:
    """Where a job begins. `mode` is what the job's mode comes to: `incremental` is `full` where no watermark of the
    current mapping says since when. `version` is the mapping's: what is read under it from here on makes the next
    watermark, of which `greatest` will be the greatest entity time read so far."""
    usable = watermark if watermark and watermark.mapping_version == integration.mapping_version else None
    mode: Mode = "full" if job.mode == "incremental" and usable is None else job.mode
    begun = {"mode": mode, "version": integration.mapping_version}
    if job.entity_ids is not None:
        return {**begun, "phase": "selected", "after": ""}
    since = usable.value if usable and mode == "incremental" else None
    if job.direction == "pull":
        return {**begun, "phase": "records", "since": since, "cursor": None}
    since_ms = max(0, int(since) - PUSH_OVERLAP_MS) if since else 0
    return {**begun, "phase": "entities", "type": 0, "after": "", "since": since_ms}


def started(job: Job, checkpoint: Mapping[str, Any], now: int) -> Job:
    """The job as running; a job that names entities knows its total from the start."""
    total = len(job.entity_ids or ())
    return replace(
        job, status="running", started_at=now, progressed_at=now, checkpoint=checkpoint, progress=Progress(total)
    )


def ended(job: Job, status: JobStatus, now: int) -> Job:
    """The job as ended early."""
    return replace(job, status=status, completed_at=now, not_before=None)


def completed(job: Job, integration: Integration, now: int) -> tuple[Job, Finish]:
    """The job that ran to its end: `failed` only if every record failed. Its watermark moves if it read everything."""
    done, not_done = job.progress.completed, job.progress.failed
    status: JobStatus = "failed" if not_done and not done else "completed"
    job = replace(ended(job, status, now), progress=Progress(done + not_done, done, not_done))
    if status == "failed":
        return job, Finish()
    return job, Finish(
        watermark=_watermark(job),
        last_sync_at=now if not not_done else None,
        status="active" if integration.status in ("pending", "error") or integration.status_reason else None,
        credentials_version=integration.credentials_version,
    )


def _watermark(job: Job) -> Watermark | None:
    """Of the version that the run began under: after a change in the middle the next run is full."""
    checkpoint = job.checkpoint or {}
    if job.entity_ids is not None:
        return None
    if job.direction == "pull":
        value = checkpoint.get("service_time")
    else:
        # A full push reads by id: what was written behind its back is newer than its start.
        greatest = min(checkpoint.get("greatest", 0), job.started_at or 0)
        value = str(greatest) if greatest else None
    return Watermark(value, checkpoint["version"]) if value else None
