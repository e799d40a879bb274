"""What the demo's syncs brought: the service's records after a push, the project's entities after a pull."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
from rich.table import Table

from integrations.mapping.paths import MISSING, parse_path, read_path
from tests.simulators.local import Demo
from tools.stack.demo import PROJECT_ID, demos, entity_store
from tools.stack.description import StackDescription

SHOWN_RECORDS = 3
SHOWN_CHARACTERS = 40
ENTITIES_MAXIMUM = 1_000

type Record = tuple[str, Mapping[str, Any]]
"""Its id, and its values by path."""


def table_of_arrivals(stack: StackDescription) -> Table:
    """A few records of each demo integration."""
    table = Table("integration", "record", "what arrived", title="What arrived")
    for integration_id, demo in demos(stack.content["simulators"]).items():
        records = list(_pushed(stack, demo) if demo.direction == "push" else _pulled(stack, demo))
        name = f"{integration_id}\n{demo.direction}, {len(records)} records"
        for number, (identifier, values) in enumerate(records[:SHOWN_RECORDS]):
            table.add_row(name if number == 0 else "", identifier, _described(values))
        if not records:
            table.add_row(name, "", "")
        table.add_section()
    return table


def _pushed(stack: StackDescription, demo: Demo) -> Iterator[Record]:
    """From the simulator, by the targets of the mappings."""
    address = f"{stack.simulator(demo.definition['type'])['adminUrl']}/dump"
    dump = httpx.get(address, params=dict(demo.pushed), trust_env=False).raise_for_status().json()
    targets = [mapping["target"] for mapping in demo.definition["fieldMappings"]]
    for document in dump["documents"]:
        yield document.get("_id") or document["id"], _values(document, targets)


def _pulled(stack: StackDescription, demo: Demo) -> Iterator[Record]:
    """From the entity store, by the sources of the mappings."""
    store = entity_store(stack)
    sources = [mapping["source"] for mapping in demo.definition["fieldMappings"]]
    for entity_type in demo.definition["config"]["entityTypes"]:
        ids = [stamp.id for stamp in store.stamps(PROJECT_ID, entity_type, "", ENTITIES_MAXIMUM)]
        for identifier, entity in sorted(store.read(PROJECT_ID, entity_type, ids).items()):
            if values := _values({"fields": entity.fields}, sources):
                yield identifier, values


def _values(document: Mapping[str, Any], paths: list[str]) -> dict[str, Any]:
    found = {path: read_path(document, parse_path(path)) for path in paths}
    return {path: value for path, value in found.items() if value is not MISSING}


def _described(values: Mapping[str, Any]) -> str:
    return "\n".join(f"{path}: {' '.join(str(value).split())[:SHOWN_CHARACTERS]}" for path, value in values.items())
