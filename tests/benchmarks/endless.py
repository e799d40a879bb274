"""Entities made on the fly and links kept in a file: what a push needs when the content doesn't fit in memory."""

import pickle
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from integrations.domain.entity import Entity, EntityStamp
from integrations.domain.link import Link
from integrations.providers.contract import (
    Accepted,
    BatchLimits,
    ConnectionReport,
    OutgoingRecord,
    PushOutcome,
)

PARAGRAPH = "Some *real* text with a [link](https://example.com) and `code`, long enough to look like content. "


class GeneratedEntities:
    """`Entities` of one type, `count` of them, each of about 2 KB; reading only."""

    def __init__(self, count: int) -> None:
        self._count = count

    def stamps(self, project_id: str, entity_type_id: str, after_id: str, limit: int) -> Sequence[EntityStamp]:
        """By id."""
        first = int(after_id[1:]) + 1 if after_id else 0
        last = min(self._count, first + limit)
        return [EntityStamp(f"a{number:09d}", entity_type_id, 1_000) for number in range(first, last)]

    def stamps_updated_since(
        self, project_id: str, entity_type_id: str, since_ms: int, after: tuple[int, str] | None, limit: int
    ) -> Sequence[EntityStamp]:
        """Not needed for a full push."""
        raise NotImplementedError

    def read(self, project_id: str, entity_type_id: str, ids: Iterable[str]) -> Mapping[str, Entity]:
        """Made when asked for."""
        return {entity_id: _entity(entity_id, entity_type_id) for entity_id in ids}

    def read_of_types(self, project_id: str, ids: Mapping[str, Iterable[str]]) -> Mapping[str, Entity]:
        """Made when asked for."""
        return {id: _entity(id, entity_type_id) for entity_type_id, each in ids.items() for id in each}

    def create(self, project_id: str, entity: Entity) -> bool:
        """Not needed for a push."""
        raise NotImplementedError

    def replace(self, project_id: str, entity: Entity, expected_updated_at: int) -> bool:
        """Not needed for a push."""
        raise NotImplementedError


class LinksInFile:
    """`Links` in an SQLite file."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, autocommit=True)
        self._database.execute("CREATE TABLE links (id TEXT PRIMARY KEY, link BLOB)")

    def between(self, project_id: str, integration_id: str, after_id: str, through_id: str) -> Mapping[str, Link]:
        """By id."""
        rows = self._database.execute("SELECT link FROM links WHERE id > ? AND id <= ?", (after_id, through_id))
        return {link.entity_id: link for (blob,) in rows for link in [pickle.loads(blob)]}

    def read(self, project_id: str, integration_id: str, entity_ids: Iterable[str]) -> Mapping[str, Link]:
        """One by one."""
        found = {}
        for entity_id in entity_ids:
            row = self._database.execute("SELECT link FROM links WHERE id = ?", (entity_id,)).fetchone()
            if row:
                found[entity_id] = pickle.loads(row[0])
        return found

    def write(self, project_id: str, integration_id: str, links: Sequence[Link]) -> None:
        """Replaces."""
        rows = [(link.entity_id, pickle.dumps(link)) for link in links]
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR REPLACE INTO links VALUES (?, ?)", rows)
        self._database.execute("COMMIT")


class Sink:
    """`PushProvider` that takes everything and keeps a count."""

    canonical_address = "sink"
    settling_ms = 60_000
    batch_limits = BatchLimits(1_000, 1_000_000)

    def __init__(self) -> None:
        self.taken = 0

    def check(self) -> ConnectionReport:
        """Always there."""
        return ConnectionReport(connected=True, latency_ms=0)

    def close(self) -> None:
        """Nothing to let go of."""

    def measure(self, record: OutgoingRecord) -> int:
        """The text's length."""
        return sum(len(str(value)) for value in record.targets.values())

    def push_batch(self, records: Sequence[OutgoingRecord], job_id: str) -> Sequence[PushOutcome]:
        """Accepts."""
        self.taken += len(records)
        return [Accepted(record.entity_id, "r1") for record in records]


def _entity(entity_id: str, entity_type_id: str) -> Entity:
    fields = {
        "title": f"Article {entity_id}",
        "body": f"# {entity_id}\n\n" + PARAGRAPH * 20,
        "description": PARAGRAPH,
    }
    return Entity(entity_id, entity_type_id, fields, 1_000, 1_000)
