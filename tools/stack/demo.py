"""The demo: a project with keys, and an integration with the simulated Sanity."""

from collections.abc import Mapping
from typing import Any

from integrations.domain.api_key import Level, Plan
from integrations.storage.api_keys import ApiKeyStore
from integrations.storage.table import Table
from tools.api_keys import create_key
from tools.create_integration import create_integration
from tools.stack.description import StackDescription
from tools.stack.emulator import Emulator, aws_client

PROJECT_ID = "demo"
INTEGRATION_ID = "int_demo_sanity"
ENTITY_TYPE = "article"
DOCUMENT_TYPE = "post"

_KEYS: Mapping[str, tuple[Level, Plan]] = {
    "read": ("read", "enterprise"),
    "write": ("write", "enterprise"),
    "admin": ("admin", "enterprise"),
    "free": ("admin", "free"),
}


def create_keys(emulator: Emulator, integrations_table: str) -> dict[str, str]:
    """One key per level without limits, and one of plan Free to meet them."""
    client = aws_client("dynamodb", emulator.endpoint, emulator.region)
    store = ApiKeyStore(Table(client, integrations_table))
    return {name: create_key(store, [PROJECT_ID], level, plan) for name, (level, plan) in _KEYS.items()}


def create_demo_integration(stack: StackDescription) -> None:
    """Does nothing if it is there."""
    create_integration(stack, _definition(stack.simulator("sanity")), INTEGRATION_ID)


def _definition(sanity: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "sanity",
        "name": "Demo site",
        "config": {
            "projectId": sanity["projectId"],
            "dataset": sanity["dataset"],
            "apiHost": sanity["url"],
            "entityTypes": {ENTITY_TYPE: DOCUMENT_TYPE},
        },
        "fieldMappings": [
            {"source": "fields.title", "target": "title", "transform": None},
            {"source": "fields.title", "target": "slug.current", "transform": "slugify"},
            {"source": "fields.body", "target": "body", "transform": "markdown_to_html"},
            {"source": "fields.description", "target": "seo.description", "transform": None},
        ],
        "credentials": {"token": sanity["token"]},
    }
