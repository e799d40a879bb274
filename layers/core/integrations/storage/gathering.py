"""The job that ids are gathered in: the adapter of `sync.gather.Gathering`.

A mark names the open job of each line and direction; whether ids may still be added the job's own item says, in the
very transaction that adds them: a worker that starts the job and somebody who adds to it can't both succeed. Every id
is an item of its own, so that a delivery costs the same however many came before.
"""

from collections.abc import Sequence

from integrations.domain.errors import Unavailable
from integrations.domain.job import GATHERED_MAXIMUM, Job
from integrations.storage import keys
from integrations.storage.attributes import Item
from integrations.storage.expressions import Action, Put, Update
from integrations.storage.intake import appending
from integrations.storage.job_items import gathered_item, job_to_item
from integrations.storage.table import Table, TransactionRefused

ATTEMPTS_MAXIMUM = 8
_OPEN = "#status = :pending AND #gathersUntil > :now AND #gathered <= :room AND attribute_not_exists(#cancelRequested)"


class GatheringStore:
    """Stands on IntegrationsTable."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, job: Job, ids: Sequence[str], now: int) -> str:
        """Looks which job is open, writes on the condition that it still is, and looks again if not."""
        for _ in range(ATTEMPTS_MAXIMUM):
            mark = self._table.get(keys.gathering(job.project_id, job.integration_id, job.direction))
            if mark is not None and self._added(job, mark["jobId"], ids, now):
                return str(mark["jobId"])
            if self._opened(job, ids, mark):
                return job.id
        message = (
            f"the gathering job of {job.integration_id} changed at each of {ATTEMPTS_MAXIMUM} attempts to add to it"
        )
        raise Unavailable(message)

    def _added(self, job: Job, open_id: str, ids: Sequence[str], now: int) -> bool:
        """Whether the ids are in the open job, which nobody has begun yet: the look at the job comes last."""
        for _ in range(ATTEMPTS_MAXIMUM):
            new = self._missing(job, open_id, ids)
            item = self._table.get(keys.job(job.project_id, open_id))
            if item is None or not _is_open(item, now, len(new)):
                return False
            if not new:
                return True
            key = keys.job(job.project_id, open_id)
            values = {"pending": "pending", "now": now, "room": GATHERED_MAXIMUM - len(new), "new": len(new)}
            actions: dict[str, Action] = {"job": Update(key, "ADD #gathered :new", _OPEN, values)}
            try:
                self._table.transact(actions | _keeping(job, open_id, new))
            except TransactionRefused:
                continue
            return True
        return False

    def _missing(self, job: Job, open_id: str, ids: Sequence[str]) -> list[str]:
        items = [gathered_item(job, open_id, id) for id in ids]
        found = self._table.batch_get({"pk": item["pk"], "sk": item["sk"]} for item in items)
        there = {id for item in found for id in item["ids"]}
        return [id for id in ids if id not in there]

    def _opened(self, job: Job, ids: Sequence[str], stale: Item | None) -> bool:
        """Whether `job` is the open one now, in place of the one that the stale mark names."""
        key = keys.gathering(job.project_id, job.integration_id, job.direction)
        condition = "#jobId = :stale" if stale else "attribute_not_exists(#pk)"
        actions = appending(job, job.gathers_until or 0)
        actions["job"] = Put(job_to_item(job) | {"gathered": len(ids)}, "attribute_not_exists(#pk)")
        actions["mark"] = Put(key | {"jobId": job.id}, condition, {"stale": stale["jobId"] if stale else None})
        try:
            self._table.transact(actions | _keeping(job, job.id, ids))
        except TransactionRefused as refusal:
            # The same job is there if the acknowledgement of an earlier call was lost.
            return "job" in refusal.refused
        return True


def _is_open(item: Item, now: int, more: int) -> bool:
    return (
        item["status"] == "pending"
        and item.get("gathersUntil", 0) > now
        and item["gathered"] + more <= GATHERED_MAXIMUM
        and "cancelRequested" not in item
    )


def _keeping(job: Job, job_id: str, ids: Sequence[str]) -> dict[str, Action]:
    """Each id on the condition that nobody has added it meanwhile: so the count is that of different ids."""
    items = [gathered_item(job, job_id, id) for id in ids]
    return {f"id {item['sk']}": Put(item, "attribute_not_exists(#pk)") for item in items}
