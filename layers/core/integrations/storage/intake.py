"""Where new jobs come in: the adapter of `sync.ports.JobIntake`. One transaction stores the job, or joins another."""

from typing import Any

from integrations.domain.errors import IdempotencyKeyReused, Unavailable
from integrations.domain.job import Job
from integrations.domain.line import IdempotencyKey
from integrations.storage import keys
from integrations.storage.attributes import Item
from integrations.storage.expressions import Action, Check, Put, Update
from integrations.storage.job_items import DAY_SECONDS, entity_id_items, job_to_item
from integrations.storage.table import Table, TransactionRefused

ATTEMPTS_MAXIMUM = 6
_LINE_CHANGES = (
    "SET #dueAt = if_not_exists(#dueAt, :due), #dueShard = :shard, #fence = if_not_exists(#fence, :zero), "
    "#projectId = :project, #integrationId = :integration ADD #arrivals :one"
)


class IntakeStore:
    """Stands on IntegrationsTable."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def submit(self, job: Job, idempotency_key: IdempotencyKey | None, now: int) -> str:
        """A job that was joinable at that moment is joined; if it starts while the key is being kept, all is new."""
        for _ in range(ATTEMPTS_MAXIMUM):
            try:
                self._table.transact(appending(job, now) | _keeping(job, idempotency_key, job.id, now))
            except TransactionRefused as refusal:
                other_id = self._other_job(job, idempotency_key, now, refusal)
                if other_id is not None:
                    return other_id
            else:
                return job.id
        message = f"the line of {job.integration_id} changed at each of {ATTEMPTS_MAXIMUM} attempts"
        raise Unavailable(message)

    def replayed(self, project_id: str, integration_id: str, idempotency_key: IdempotencyKey, now: int) -> str | None:
        """One consistent read; a record that has expired counts as none."""
        found = self._table.get(keys.idempotency(project_id, integration_id, idempotency_key.key))
        is_kept = found is not None and found["expiresAt"] > now // 1000
        return _replayed(idempotency_key, found if is_kept else None)

    def _other_job(self, job: Job, key: IdempotencyKey | None, now: int, refusal: TransactionRefused) -> str | None:
        """The job that answers the request instead, or None to try again."""
        if key is not None and "idempotency" in refusal.refused:
            return _replayed(key, refusal.refused["idempotency"])
        joinable = refusal.refused.get("joinable")
        if joinable is None:
            return job.id if "job" in refusal.refused else None
        joined_id = str(joinable["jobId"])
        if key is None or self._kept_with(job, key, joined_id, now):
            return joined_id
        return None

    def _kept_with(self, job: Job, key: IdempotencyKey, joined_id: str, now: int) -> bool:
        """Keeps the key on the condition that the job can still be joined."""
        mark = keys.joinable(job.project_id, job.integration_id, job.signature or "")
        check = {"joinable": Check(mark, "#jobId = :job", {"job": joined_id})}
        try:
            self._table.transact(check | _keeping(job, key, joined_id, now))
        except TransactionRefused:
            return False
        return True


def appending(job: Job, due_at: int) -> dict[str, Action]:
    """What puts a job into its line, which is due then at the latest. A line that is due already stays so."""
    project_id, integration_id = job.project_id, job.integration_id
    pointer = keys.waiting(project_id, integration_id, job.place)
    values = {
        "due": due_at,
        "shard": keys.DUE_SHARD,
        "zero": 0,
        "one": 1,
        "project": project_id,
        "integration": integration_id,
    }
    actions: dict[str, Action] = {
        "job": Put(job_to_item(job), "attribute_not_exists(#pk)"),
        "pointer": Put(pointer | {"jobId": job.id}),
        "line": Update(keys.line(project_id, integration_id), _LINE_CHANGES, None, values),
    }
    if job.signature is not None:
        mark = keys.joinable(project_id, integration_id, job.signature)
        actions["joinable"] = Put(mark | {"jobId": job.id}, "attribute_not_exists(#pk)")
    return actions | {f"ids {item['sk']}": Put(item) for item in entity_id_items(job)}


def _keeping(job: Job, key: IdempotencyKey | None, job_id: str, now: int) -> dict[str, Action]:
    """A record that has expired counts as none."""
    if key is None:
        return {}
    item: dict[str, Any] = {
        **keys.idempotency(job.project_id, job.integration_id, key.key),
        "bodyHash": key.body_hash,
        "jobId": job_id,
        "expiresAt": now // 1000 + DAY_SECONDS,
    }
    condition = "attribute_not_exists(#pk) OR #expiresAt <= :seconds"
    return {"idempotency": Put(item, condition, {"seconds": now // 1000})}


def _replayed(key: IdempotencyKey, found: Item | None) -> str | None:
    if found is None:
        return None
    if found["bodyHash"] != key.body_hash:
        message = f"the Idempotency-Key {key.key!r} was used for another body; use a new key for a new request"
        raise IdempotencyKeyReused(message)
    return str(found["jobId"])
