"""`make import FROM=<folder> TYPE=<entity type>`: reads Markdown with YAML front matter into the demo project.

Importing again writes only what changed. A file that can't be read, or is too large, is named and left out; the
others go on, and the exit code is 1.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import batched
from pathlib import Path, PurePosixPath
from typing import Any

from rich.console import Console
from rich.progress import track

from integrations.domain.entity import Entity
from integrations.domain.errors import RecordRejected
from integrations.storage.entities import EntityStore
from integrations.storage.table import Table
from tools.content import UnreadableFile, entity_id, read_fields, relative_files
from tools.stack.description import StackDescription, StackDown, read_description

BATCH = 100

type FieldsByPath = Callable[[PurePosixPath], Mapping[str, Any]]


@dataclass(slots=True)
class ImportReport:
    """How many entities were created, updated or left as they were, and which files were refused for what."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[PurePosixPath, str]] = field(default_factory=list)

    def __str__(self) -> str:
        counted = [f"{self.counts[outcome]} {outcome}" for outcome in ("created", "updated", "unchanged")]
        return ", ".join([*counted, *([f"{len(self.refused)} refused"] if self.refused else [])])


def import_files(
    stack: StackDescription,
    entity_type: str,
    files: Iterable[tuple[PurePosixPath, Path]],
    more_fields: FieldsByPath = lambda _: {},
) -> ImportReport:
    """Imports files given with the relative paths that their ids are made from.

    `more_fields` says what an entity has besides what stands in its file."""
    table = Table(stack.client("dynamodb"), stack.table("entities"), key_names=("pk", "id"))
    importer = _Importer(EntityStore(table), stack.project_id, entity_type, more_fields)
    for batch in batched(files, BATCH, strict=False):
        importer.take(batch)
    return importer.report


class _Importer:
    def __init__(self, store: EntityStore, project_id: str, entity_type: str, more_fields: FieldsByPath) -> None:
        self._store = store
        self._project_id = project_id
        self._entity_type = entity_type
        self._more_fields = more_fields
        self.report = ImportReport()

    def take(self, batch: Iterable[tuple[PurePosixPath, Path]]) -> None:
        """Reads what is there of a batch at once, and writes one by one."""
        by_id = {entity_id(self._entity_type, name): (name, path) for name, path in batch}
        stored = self._store.read(self._project_id, self._entity_type, by_id)
        for identifier, (name, path) in by_id.items():
            try:
                fields = {**read_fields(path), **self._more_fields(name)}
                self.report.counts[self._save(identifier, fields, stored)] += 1
            except (UnreadableFile, RecordRejected, OSError) as error:
                self.report.refused.append((name, str(error)))

    def _save(self, identifier: str, fields: dict[str, Any], stored: Mapping[str, Entity]) -> str:
        former = stored.get(identifier)
        now = time.time_ns() // 1_000_000
        if former is None:
            self._store.create(self._project_id, Entity(identifier, self._entity_type, fields, now, now))
            return "created"
        if former.fields == fields and former.archived_at is None:
            return "unchanged"
        changed = replace(former, fields=fields, updated_at=max(now, former.updated_at + 1), archived_at=None)
        if not self._store.replace(self._project_id, changed, former.updated_at):
            message = "somebody else changed its entity just now; import again"
            raise RecordRejected(message)
        return "updated"


def main() -> int:
    """Imports a folder, with a progress bar."""
    parser = argparse.ArgumentParser(prog="make import", description=__doc__)
    parser.add_argument("folder", type=Path, help="FROM: where the Markdown files are")
    parser.add_argument("entity_type", help="TYPE: the entity type they become")
    options = parser.parse_args()
    console = Console(stderr=True, highlight=False)
    if not options.folder.is_dir():
        console.print(f"{options.folder} is no folder", style="red", markup=False)
        return 1
    try:
        files = list(relative_files(options.folder))
        report = import_files(read_description(), options.entity_type, track(files, "Importing", console=console))
    except StackDown as error:
        console.print(str(error), style="red", markup=False)
        return 1
    for name, reason in report.refused:
        console.print(f"{name}: {reason}", style="red", markup=False)
    print(report)
    return 1 if report.refused else 0


if __name__ == "__main__":
    sys.exit(main())
