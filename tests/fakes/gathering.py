"""Gathering jobs in memory."""

from collections.abc import Sequence

from integrations.domain.job import GATHERED_MAXIMUM, Job
from tests.fakes.tables import FakeTables


class FakeGathering:
    """`Gathering` in memory."""

    def __init__(self, tables: FakeTables) -> None:
        self._tables = tables

    def add(self, job: Job, ids: Sequence[str], now: int) -> str:
        """To the open job, if it takes them."""
        mark = (job.project_id, job.integration_id, job.direction)
        open_id = self._tables.gathering.get(mark, "")
        place = (job.project_id, open_id)
        gathered = self._tables.gathered.get(place, ())
        ids_then = tuple(dict.fromkeys((*gathered, *ids)))
        if self._is_open(place, now) and len(ids_then) <= GATHERED_MAXIMUM:
            self._tables.gathered[place] = ids_then
            return open_id
        self._tables.gathering[mark] = job.id
        self._tables.gathered[job.project_id, job.id] = tuple(ids)
        self._tables.jobs[job.project_id, job.id] = job
        line = self._tables.line(job.project_id, job.integration_id)
        line.waiting[job.id] = job.place
        if line.due_at is None:
            line.due_at = job.gathers_until
        return job.id

    def _is_open(self, place: tuple[str, str], now: int) -> bool:
        job = self._tables.job(*place)
        return job is not None and job.status == "pending" and (job.gathers_until or 0) > now
