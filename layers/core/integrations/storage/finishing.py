"""The end of a job: one transaction over the job, its place in the line, the watermark and the integration."""

from typing import Any

from integrations.domain.errors import LeaseLost, Unavailable
from integrations.domain.job import UNFINISHED, Job, Lease
from integrations.domain.line import Finish
from integrations.storage import keys
from integrations.storage.attributes import Item
from integrations.storage.expressions import Action, Delete, Put, Update
from integrations.storage.job_items import job_to_item, same_job
from integrations.storage.status_changes import status_changes, update_expression
from integrations.storage.table import Table, TransactionRefused

ATTEMPTS_MAXIMUM = 6
SEEN = ("pk", "status", "credentialsVersion")
"""What the end of a job asks of its integration."""
FENCED = "#owner = :owner AND #fence = :fence"
"""The condition on the line that every write of a worker has."""


def fence_values(lease: Lease) -> dict[str, Any]:
    """The values of `FENCED`."""
    return {"owner": lease.owner, "fence": lease.fence}


def finish(table: Table, lease: Lease, job: Job, end: Finish) -> None:
    """Looks at job and integration, writes on the condition that they are still so, and looks again if not. A job that
    was cancelled before its worker could do so is left as it is."""
    for _ in range(ATTEMPTS_MAXIMUM):
        stored = table.get(keys.job(job.project_id, job.id)) or {}
        if stored and (same_job(stored, job) or stored["status"] == job.status == "cancelled"):
            return
        if stored.get("status") not in UNFINISHED:
            raise LeaseLost(f"job {job.id} is {stored.get('status', 'gone')} already")
        integration = table.get(keys.integration(job.project_id, job.integration_id), projection=SEEN)
        try:
            table.transact(_ending(lease, job, stored) | _effects(job, end, integration))
        except TransactionRefused as refusal:
            if "line" in refusal.refused:
                raise LeaseLost(f"{lease.owner} no longer holds {lease.integration_id}") from None
        else:
            return
    raise Unavailable(f"job {job.id} or its integration changed at each of {ATTEMPTS_MAXIMUM} attempts to end it")


def _ending(lease: Lease, job: Job, stored: Item) -> dict[str, Action]:
    scope = (job.project_id, job.integration_id)
    values = fence_values(lease) | {"zero": 0}
    actions: dict[str, Action] = {
        "line": Update(keys.line(*scope), "SET #recoveries = :zero", FENCED, values),
        "job": Put(job_to_item(job), "#status = :seen", {"seen": stored["status"]}),
    }
    if stored["status"] == "running":
        return actions | {"started": Delete(keys.started(*scope), "#jobId = :job", {"job": job.id})}
    actions["waiting"] = Delete(keys.waiting(*scope, job.id))
    if job.signature is not None:
        actions["joinable"] = Delete(keys.joinable(*scope, job.signature))
    return actions


def _effects(job: Job, end: Finish, integration: Item | None) -> dict[str, Action]:
    """None on an integration that was deleted meanwhile: it doesn't come back."""
    if integration is None:
        return {}
    actions: dict[str, Action] = {}
    if end.watermark is not None:
        key = keys.watermark(job.project_id, job.integration_id, job.direction)
        kept = {"value": end.watermark.value, "mappingVersion": end.watermark.mapping_version}
        actions["watermark"] = Put(key | kept)
    changes, values = _integration_changes(end, integration)
    if changes:
        key = keys.integration(job.project_id, job.integration_id)
        condition = "#status = :seen AND #credentialsVersion = :were"
        seen = {"seen": integration["status"], "were": integration["credentialsVersion"]}
        actions["integration"] = Update(key, changes, condition, values | seen)
    return actions


def _integration_changes(end: Finish, integration: Item) -> tuple[str, dict[str, Any]]:
    """The update expression, empty for no change: what an admin made `inactive` stays so, with its reason, and so does
    an integration whose credentials aren't those of the run any more."""
    sets: list[str] = []
    removes: list[str] = []
    values: dict[str, Any] = {}
    if integration["status"] != "inactive" and integration["credentialsVersion"] == end.credentials_version:
        sets, removes, values = status_changes(end.status, end.status_reason)
    if end.last_sync_at is not None:
        sets.append("#lastSyncAt = :lastSyncAt")
        values["lastSyncAt"] = end.last_sync_at
    return update_expression(sets, removes), values
