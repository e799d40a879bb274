"""What the demo's syncs brought: the service's records after a push, the project's entities after a pull."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
from rich import box
from rich.console import Console
from rich.table import Table

from integrations.mapping.paths import MISSING, parse_path, read_path
from tests.simulators.local import Demo
from tools.stack.demo import PROJECT_ID, demos, entity_store
from tools.stack.description import StackDescription

SHOWN_RECORDS = 3
SHOWN_CHARACTERS = 36
ENTITIES_MAXIMUM = 1_000

_PAST: Mapping[str, str] = {"push": "pushed", "pull": "pulled"}

type Record = tuple[str, Mapping[str, Any]]
"""Its id, and its values by path."""


def show_what_arrived(stack: StackDescription, console: Console) -> None:
    """A few records of each demo integration."""
    for integration_id, demo in demos(stack.content["simulators"]).items():
        paths = [mapping[_side(demo)] for mapping in demo.definition["fieldMappings"]]
        records = list(_pushed(stack, demo, paths) if demo.direction == "push" else _pulled(stack, demo, paths))
        console.print(f"\n{integration_id} has {_PAST[demo.direction]} {len(records)} records", style="bold")
        table = Table(box=box.SIMPLE, pad_edge=False)
        for name in ("id", *(path.removeprefix("fields.") for path in paths)):
            table.add_column(name, no_wrap=True, max_width=SHOWN_CHARACTERS)
        for identifier, values in records[:SHOWN_RECORDS]:
            table.add_row(identifier, *(_cell(values.get(path)) for path in paths))
        if records:
            console.print(table)


def _side(demo: Demo) -> str:
    """The side of the mappings that the demo's run writes."""
    return "target" if demo.direction == "push" else "source"


def _pushed(stack: StackDescription, demo: Demo, targets: list[str]) -> Iterator[Record]:
    """The service's records."""
    address = f"{stack.simulator(demo.definition['type'])['adminUrl']}/dump"
    dump = httpx.get(address, params=dict(demo.pushed), trust_env=False).raise_for_status().json()
    for document in dump["documents"]:
        yield document.get("_id") or document["id"], _values(document, targets)


def _pulled(stack: StackDescription, demo: Demo, sources: list[str]) -> Iterator[Record]:
    """The entities that have something of it."""
    store = entity_store(stack)
    for entity_type in demo.definition["config"]["entityTypes"]:
        ids = [stamp.id for stamp in store.stamps(PROJECT_ID, entity_type, "", ENTITIES_MAXIMUM)]
        for identifier, entity in sorted(store.read(PROJECT_ID, entity_type, ids).items()):
            if values := _values({"fields": entity.fields}, sources):
                yield identifier, values


def _values(document: Mapping[str, Any], paths: list[str]) -> dict[str, Any]:
    found = {path: read_path(document, parse_path(path)) for path in paths}
    return {path: value for path, value in found.items() if value is not MISSING}


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case float():
            return f"{value:.1f}"
    return " ".join(str(value).split())[:SHOWN_CHARACTERS]
