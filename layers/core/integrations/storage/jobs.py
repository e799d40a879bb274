"""Jobs as callers see them: one by id, lists newest first. What changes a job is in `lines` and `intake`."""

from collections.abc import Iterator
from itertools import batched, islice

from integrations.domain.job import Job, JobStatus
from integrations.domain.line import JobPage
from integrations.storage import keys
from integrations.storage.attributes import Item
from integrations.storage.expiry import is_live
from integrations.storage.expressions import Query
from integrations.storage.job_items import job_from_item
from integrations.storage.table import Table


class JobStore:
    """Stands on IntegrationsTable. Jobs narrowed to entities come with an empty tuple in place of the ids."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, project_id: str, job_id: str, now: int) -> Job | None:
        """The job as it is now, unless its 90 days are over."""
        item = self._table.get(keys.job(project_id, job_id))
        return job_from_item(item) if item and is_live(item, now) else None

    def list(self, project_id: str, status: JobStatus | None, limit: int, before_id: str | None, now: int) -> JobPage:
        """The newest `limit` jobs older than `before_id`, of one status or all."""
        if status is None:
            items = self._all(project_id, before_id, limit + 1)
        else:
            items = self._of_status(project_id, status, before_id, limit + 1)
        jobs = tuple(islice((job_from_item(item) for item in items if is_live(item, now)), limit + 1))
        return JobPage(jobs[:limit], jobs[limit - 1].id if len(jobs) > limit else None)

    def _all(self, project_id: str, before_id: str | None, page_size: int) -> Iterator[Item]:
        values = {"pk": keys.jobs(project_id), "before": before_id}
        condition = "#pk = :pk AND #sk < :before" if before_id else "#pk = :pk"
        return self._table.query(Query(condition, values, consistent=True, newest_first=True), page_size)

    def _of_status(self, project_id: str, status: JobStatus, before_id: str | None, page_size: int) -> Iterator[Item]:
        """The index says where to look; what is there now decides."""
        values = {"partition": keys.jobs_of_status(project_id, status), "before": before_id}
        condition = "#statusPartition = :partition" + (" AND #jobId < :before" if before_id else "")
        found = self._table.query(Query(condition, values, keys.JOB_STATUS_INDEX, newest_first=True), page_size)
        for entries in batched(found, page_size, strict=False):
            items = self._table.batch_get(keys.job(project_id, entry["sk"]) for entry in entries)
            current = (item for item in items if item["status"] == status)
            yield from sorted(current, key=lambda item: str(item["sk"]), reverse=True)
