"""Both tables as a deployment makes them: their definitions are the template's."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from tools.stack.built_template import resources_of

TEMPLATE = Path(__file__).parents[3] / "template.yaml"
DEFINING = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")


def table_definitions(*logical_ids: str) -> list[dict[str, Any]]:
    """What CreateTable takes, for tables of the template."""
    resources = resources_of(TEMPLATE)
    return [{name: resources[id]["Properties"][name] for name in DEFINING} for id in logical_ids]


def create_table(client: Any, definition: dict[str, Any]) -> str:
    """Makes a table of its own for one test; its name."""
    name = f"table-{uuid4().hex}"
    client.create_table(TableName=name, **definition)
    return name
