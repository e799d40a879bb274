"""Jobs as they are stored. The entity ids that a job was narrowed to are items of their own: 1,000 of them are up to
512 KB, and the job is written at every step.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import batched
from typing import Any

from integrations.domain.job import JOB_RETENTION_DAYS, BatchCut, Job, Progress, Suspect
from integrations.storage import keys
from integrations.storage.attributes import Item

DAY_SECONDS = 24 * 60 * 60
IDS_PER_ITEM = 250
"""Of at most 128 characters, so 128 KB: an item takes 400 KB."""

_OPTIONAL = {
    "startedAt": "started_at",
    "progressedAt": "progressed_at",
    "completedAt": "completed_at",
    "notBefore": "not_before",
}


def job_to_item(job: Job) -> dict[str, Any]:
    """The item without the entity ids, of which it only says whether there are any, and without the request to cancel:
    whoever saves a job does so on the condition that there is none, or ends it."""
    item: dict[str, Any] = {
        **keys.job(job.project_id, job.id),
        "jobId": job.id,
        "statusPartition": keys.jobs_of_status(job.project_id, job.status),
        "expiresAt": job_expires_at(job),
        "integrationId": job.integration_id,
        "name": job.name,
        "direction": job.direction,
        "mode": job.mode,
        "createdAt": job.created_at,
        "status": job.status,
        "selective": job.entity_ids is not None,
        "progress": asdict(job.progress),
        "step": job.step,
        "waits": job.waits,
        "failureReasons": dict(job.failure_reasons),
    }
    if job.checkpoint is not None:
        item["checkpoint"] = json.dumps(dict(job.checkpoint), separators=(",", ":"))
    if job.cuts:
        item["cuts"] = [[cut.records, cut.left] for cut in job.cuts]
    if job.suspect is not None:
        item["suspect"] = asdict(job.suspect)
    return item | {name: getattr(job, field) for name, field in _OPTIONAL.items() if getattr(job, field) is not None}


def job_from_item(item: Item) -> Job:
    """The job; one that was narrowed to entities has an empty tuple in place of their ids."""
    return Job(
        id=item["sk"],
        project_id=item["pk"].removeprefix("JOBS#"),
        integration_id=item["integrationId"],
        name=item["name"],
        direction=item["direction"],
        mode=item["mode"],
        created_at=item["createdAt"],
        status=item["status"],
        entity_ids=() if item["selective"] else None,
        progress=Progress(**item["progress"]),
        checkpoint=json.loads(item["checkpoint"]) if "checkpoint" in item else None,
        step=item["step"],
        waits=item["waits"],
        failure_reasons=item["failureReasons"],
        cancel_requested="cancelRequested" in item,
        cuts=tuple(BatchCut(records, left) for records, left in item.get("cuts", ())),
        suspect=Suspect(**item["suspect"]) if "suspect" in item else None,
        **{field: item.get(name) for name, field in _OPTIONAL.items()},
    )


def same_job(item: Item, job: Job) -> bool:
    """Whether this very state of the job is stored already."""
    return job_from_item(item) == job_from_item(job_to_item(job))


def entity_id_items(job: Job) -> Iterator[dict[str, Any]]:
    """The items that hold what the job was narrowed to."""
    partition = keys.job_entity_ids(job.project_id, job.id)
    for number, ids in enumerate(batched(job.entity_ids or (), IDS_PER_ITEM, strict=False)):
        yield {"pk": partition, "sk": f"{number:04d}", "ids": list(ids), "expiresAt": job_expires_at(job)}


def entity_ids_from_items(items: Iterable[Item]) -> tuple[str, ...]:
    """The ids, in their order."""
    return tuple(id for item in items for id in item["ids"])


def job_expires_at(job: Job) -> int:
    """When the job and all that belongs to it may go, in Unix seconds."""
    return job.created_at // 1000 + JOB_RETENTION_DAYS * DAY_SECONDS
