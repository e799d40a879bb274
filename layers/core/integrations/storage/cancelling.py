"""Cancelling a job: the adapter of `sync.cancel.Cancellations`.

A job that no worker holds ends in one transaction; a worker that comes a moment later finds it ended. A job that a
worker holds gets a request, which its next checkpoint finds; the request counts as an arrival, so that a worker who is
just giving the line back looks again. A job that waits behind the one that is worked on is nobody's, and ends at once.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from integrations.domain.errors import JobFinished, Unavailable
from integrations.domain.job import UNFINISHED, Job, LogEntry
from integrations.domain.line import Cancellation
from integrations.storage import keys
from integrations.storage.attributes import Item
from integrations.storage.expiry import is_live
from integrations.storage.expressions import Action, Delete, Put, Query, Update
from integrations.storage.job_items import job_from_item, job_to_item
from integrations.storage.job_log import log_item
from integrations.storage.leases import is_leased
from integrations.storage.table import Table, TransactionRefused

ATTEMPTS_MAXIMUM = 6
_UNHELD = "attribute_not_exists(#owner) OR #leaseExpiresAt <= :now"


class CancelStore:
    """Stands on IntegrationsTable."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def unfinished(self, project_id: str, integration_id: str, limit: int) -> Sequence[str]:
        """As they stand in the line now."""
        values = {
            "pk": keys.standing(project_id, integration_id),
            "started": keys.STARTED_SORT,
            "end": keys.AFTER_WAITING_SORT,
        }
        query = Query("#pk = :pk AND #sk BETWEEN :started AND :end", values, consistent=True)
        return [pointer["jobId"] for pointer in islice(self._table.query(query, page_size=limit), limit)]

    def cancel(self, project_id: str, job_id: str, reason: str, now: int) -> Cancellation | None:
        """Looks at job and line, writes on the condition that they are still so, and looks again if not."""
        for _ in range(ATTEMPTS_MAXIMUM):
            item = self._table.get(keys.job(project_id, job_id))
            if item is None or not is_live(item, now):
                return None
            job = job_from_item(item)
            if job.status not in UNFINISHED:
                raise JobFinished(f"the job {job.id} is {job.status} already; there is nothing left to cancel")
            line = self._table.get(keys.line(project_id, job.integration_id)) or {}
            answer, actions = _cancelling(job, line, reason, now)
            try:
                self._table.transact(actions)
            except TransactionRefused:
                continue
            return answer
        raise Unavailable(f"the job {job_id} changed at each of {ATTEMPTS_MAXIMUM} attempts to cancel it; try again")


def _cancelling(job: Job, line: Item, reason: str, now: int) -> tuple[Cancellation, dict[str, Action]]:
    """What the job will be, and the transaction that makes it so."""
    held = is_leased(line, now)
    if held and job.status == "running":
        return Cancellation(replace(job, cancel_requested=True), due=False), _requesting(job, line)
    ended = replace(job, status="cancelled", completed_at=now, not_before=None, cancel_requested=False)
    actions = _ending(job, ended, reason)
    if held or not line:
        return Cancellation(ended, due=False), actions
    return Cancellation(ended, due=True), actions | {"line": _freeing(job, now)}


def _requesting(job: Job, line: Item) -> dict[str, Action]:
    values = {"true": True, "running": "running", "one": 1, "owner": line["owner"], "fence": line["fence"]}
    key = keys.line(job.project_id, job.integration_id)
    return {
        "job": Update(keys.job(job.project_id, job.id), "SET #cancelRequested = :true", "#status = :running", values),
        "line": Update(key, "ADD #arrivals :one", "#owner = :owner AND #fence = :fence", values),
    }


def _ending(job: Job, ended: Job, reason: str) -> dict[str, Action]:
    scope = (job.project_id, job.integration_id)
    seen = {"status": job.status, "step": job.step}
    entry = LogEntry(f"step-{job.step:08d}-ended", ended.completed_at or 0, "warning", reason)
    actions: dict[str, Action] = {
        "job": Put(job_to_item(ended), "#status = :status AND #step = :step", seen),
        "log": Put(log_item(job, entry)),
    }
    if job.status == "running":
        return actions | {"started": Delete(keys.started(*scope), "#jobId = :job", {"job": job.id})}
    actions["waiting"] = Delete(keys.waiting(*scope, job.id))
    if job.signature is not None:
        actions["joinable"] = Delete(keys.joinable(*scope, job.signature))
    return actions


def _freeing(job: Job, now: int) -> Update:
    """The line is looked at again. With a job that was running goes what is left of a worker that died on it."""
    changes = "SET #dueAt = :now, #dueShard = :shard"
    if job.status == "running":
        changes += ", #recoveries = :zero REMOVE #owner, #leaseExpiresAt"
    values = {"now": now, "shard": keys.DUE_SHARD, "zero": 0, "one": 1}
    return Update(keys.line(job.project_id, job.integration_id), f"{changes} ADD #arrivals :one", _UNHELD, values)
