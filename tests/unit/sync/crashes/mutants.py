"""Stores with one thing wrong."""

from tests.fakes.line import FakeLine
from tests.fakes.stores import FakeLinks


class UnfencedLine(FakeLine):
    """Lets everybody write."""

    def _fenced(self, lease):
        return self._tables.line(lease.project_id, lease.integration_id)

    def advance(self, lease, job, now):
        self._tables.jobs[job.project_id, job.id] = job
        return lease


class ForgetfulLinks(FakeLinks):
    """Writes nothing."""

    def write(self, project_id, integration_id, links):
        return None
