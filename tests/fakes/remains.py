"""What a deleted integration leaves behind, in memory."""

from integrations.domain.job import DIRECTIONS
from tests.fakes.tables import FakeTables


class FakeRemains:
    """`Remains` in memory."""

    def __init__(self, tables: FakeTables) -> None:
        self._tables = tables

    def clear(self, project_id: str, integration_id: str, limit: int) -> bool:
        """Links first, then failures; watermarks with the last."""
        place = (project_id, integration_id)
        failures = [self._tables.failures.get((*place, direction), {}) for direction in DIRECTIONS]
        for rows in (self._tables.links.get(place, {}), *failures):
            if rows:
                for id in sorted(rows)[:limit]:
                    del rows[id]
                return False
        for direction in DIRECTIONS:
            self._tables.watermarks.pop((*place, direction), None)
        return True
