"""An integration's line of jobs and the lease on it: the adapter of `sync.ports.Line`."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from integrations.domain.errors import JobCancelled, LeaseLost, Unavailable
from integrations.domain.job import UNFINISHED, Job, Lease
from integrations.domain.line import Finish, NextDue
from integrations.storage import finishing, keys, leases
from integrations.storage.attributes import Item
from integrations.storage.expressions import Action, Check, Delete, Put, Query, Update
from integrations.storage.job_items import entity_ids_from_items, job_from_item, job_to_item, same_job
from integrations.storage.leases import LeaseTerms
from integrations.storage.table import ConditionFailed, Table, TransactionRefused

ATTEMPTS_MAXIMUM = 10


class LineStore:
    """Stands on IntegrationsTable."""

    def __init__(self, table: Table, terms: LeaseTerms) -> None:
        self._table = table
        self._terms = terms

    def acquire(self, project_id: str, integration_id: str, owner: str, now: int) -> Lease | None:
        """`owner` names one invocation of a worker: no other one uses it."""
        return leases.acquire(self._table, self._terms, project_id, integration_id, owner, now)

    def head(self, lease: Lease) -> Job | None:
        """The job that was started, else the oldest; with the ids of the entities it was narrowed to."""
        job = self._head(lease.project_id, lease.integration_id)
        if job is None or job.entity_ids is None:
            return job
        values = {"pk": keys.job_entity_ids(job.project_id, job.id)}
        items = self._table.query(Query("#pk = :pk", values, consistent=True))
        return replace(job, entity_ids=entity_ids_from_items(items))

    def start(self, lease: Lease, job: Job) -> None:
        """Takes the job's place at the head, before every job that waits, whatever its id."""
        condition = "#status = :pending AND attribute_not_exists(#cancelRequested)"
        scope = (job.project_id, job.integration_id)
        actions: dict[str, Action] = {
            "line": Check(keys.line(*scope), finishing.FENCED, finishing.fence_values(lease)),
            "job": Put(job_to_item(job), condition, {"pending": "pending"}),
            "waiting": Delete(keys.waiting(*scope, job.id)),
            "started": Put(keys.started(*scope) | {"jobId": job.id}, "attribute_not_exists(#pk)"),
        }
        if job.signature is not None:
            actions["joinable"] = Delete(keys.joinable(*scope, job.signature))
        try:
            self._table.transact(actions)
        except TransactionRefused:
            self._saved_already(lease, job)

    def advance(self, lease: Lease, job: Job, now: int) -> Lease:
        """One transaction over the line and the job."""
        condition = "#step = :before AND #status = :running AND attribute_not_exists(#cancelRequested)"
        values = self._terms.until(now) | finishing.fence_values(lease) | {"now": now, "recoveries": lease.recoveries}
        fenced = f"{finishing.FENCED} AND #leaseExpiresAt > :now"
        line = Update(keys.line(lease.project_id, lease.integration_id), f"SET {leases.EXTENDING}", fenced, values)
        saved = Put(job_to_item(job), condition, {"before": job.step - 1, "running": "running"})
        try:
            self._table.transact({"line": line, "job": saved})
        except TransactionRefused as refusal:
            expired = "line" in refusal.refused
            expires_at = self._saved_already(lease, job, expired=expired)["leaseExpiresAt"]
            return replace(lease, expires_at=expires_at)
        return replace(lease, expires_at=values["expires"])

    def finish(self, lease: Lease, job: Job, finish: Finish) -> None:
        """Whatever became of the integration: its end is the job's only."""
        finishing.finish(self._table, lease, job, finish)

    def release(self, lease: Lease, now: int) -> NextDue | None:
        """A job submitted between the look and the release counts an arrival: then it looks again."""
        for _ in range(ATTEMPTS_MAXIMUM):
            line = self._held_line(lease)
            head = self._head(lease.project_id, lease.integration_id)
            due = _next_due(head, line, now)
            try:
                self._table.write(_releasing(lease, line, due))
            except ConditionFailed:
                continue
            return due
        message = f"jobs kept arriving for {lease.integration_id} at each of {ATTEMPTS_MAXIMUM} attempts to release it"
        raise Unavailable(message)

    def forget(self, lease: Lease) -> None:
        """The release then takes the line away, unless a job has come."""
        key = keys.line(lease.project_id, lease.integration_id)
        values = finishing.fence_values(lease) | {"gone": leases.REMAINS_GONE}
        try:
            self._table.write(Update(key, "SET #remains = :gone", finishing.FENCED, values))
        except ConditionFailed:
            raise LeaseLost(f"{lease.owner} no longer holds {lease.integration_id}") from None

    def due_in_project(self, project_id: str, now: int) -> str | None:
        """From the lines themselves, as they are now."""
        lines = leases.lines_of_project(self._table, project_id)
        due = [(line["dueAt"], str(line["sk"])) for line in lines if leases.is_due(line, now)]
        return min(due)[1] if due else None

    def overdue(self, now: int, limit: int) -> Sequence[tuple[str, str]]:
        """From DueIndex, which may lag by moments."""
        values = {"shard": keys.DUE_SHARD, "now": now}
        query = Query("#dueShard = :shard AND #dueAt <= :now", values, index=keys.DUE_INDEX)
        items = islice(self._table.query(query, page_size=limit), limit)
        return [(item["projectId"], item["integrationId"]) for item in items]

    def _head(self, project_id: str, integration_id: str) -> Job | None:
        """Without the entity ids. A pointer whose job is gone, its 90 days over, is taken away; one whose job was
        cancelled since it was read is away already."""
        values = {
            "pk": keys.standing(project_id, integration_id),
            "started": keys.STARTED_SORT,
            "end": keys.AFTER_WAITING_SORT,
        }
        query = Query("#pk = :pk AND #sk BETWEEN :started AND :end", values, consistent=True)
        for pointer in self._table.query(query, page_size=1):
            item = self._table.get(keys.job(project_id, pointer["jobId"]))
            if item is not None and item["status"] in UNFINISHED:
                return job_from_item(item)
            if item is None:
                self._table.write(Delete({"pk": pointer["pk"], "sk": pointer["sk"]}))
        return None

    def _held_line(self, lease: Lease) -> Item:
        """The line, if nobody has come after the lease; given back already is held enough."""
        line = self._table.get(keys.line(lease.project_id, lease.integration_id)) or {}
        if line.get("fence") != lease.fence or line.get("owner", lease.owner) != lease.owner:
            raise LeaseLost(f"{lease.owner} (fence {lease.fence}) no longer holds {lease.integration_id}")
        return line

    def _saved_already(self, lease: Lease, job: Job, *, expired: bool = False) -> Item:
        """After a refusal: the line, if this very state was saved before and its acknowledgement lost; else raises
        `LeaseLost` or `JobCancelled`."""
        line = self._held_line(lease)
        stored = self._table.get(keys.job(job.project_id, job.id)) or {}
        if "owner" in line and stored and same_job(stored, job):
            return line
        if "owner" not in line or expired:
            raise LeaseLost(f"the lease of {lease.owner} on {lease.integration_id} has ended")
        if "cancelRequested" in stored or stored.get("status") == "cancelled":
            raise JobCancelled(f"job {job.id} was cancelled")
        found = f"{stored.get('status', 'gone')} at step {stored.get('step')}"
        raise LeaseLost(f"job {job.id} is {found}: it can't be saved as {job.status} at step {job.step}")


def _next_due(head: Job | None, line: Item, now: int) -> NextDue | None:
    """A cancelled job has nothing to wait for; after the last job come a deleted integration's remains."""
    if head is not None:
        return NextDue(head.id, now if head.cancel_requested else max(now, head.not_before or now))
    return NextDue(None, now) if line.get("remains") == leases.REMAINS_LEFT else None


def _releasing(lease: Lease, line: Item, due: NextDue | None) -> Update | Delete:
    condition = "#fence = :fence AND #arrivals = :seen AND (attribute_not_exists(#owner) OR #owner = :owner)"
    changes = "REMOVE #owner, #leaseExpiresAt" + (", #dueAt, #dueShard" if due is None else "")
    if due is not None:
        changes = f"SET #dueAt = :due, #dueShard = :shard {changes}"
    values = {
        "fence": lease.fence,
        "owner": lease.owner,
        "seen": line["arrivals"],
        "due": due.due_at if due else None,
        "shard": keys.DUE_SHARD,
    }
    key = keys.line(lease.project_id, lease.integration_id)
    if due is None and line.get("remains") == leases.REMAINS_GONE:
        return Delete(key, condition, values)
    return Update(key, changes, condition, values)
