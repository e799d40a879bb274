"""The demo: a project with keys, and an integration with each simulated service."""

import time
from collections.abc import Mapping
from typing import Any

from integrations.domain.api_key import Level, Plan
from integrations.domain.entity import Entity
from integrations.domain.integration import Integration
from integrations.storage.api_keys import ApiKeyStore
from integrations.storage.entities import EntityStore
from integrations.storage.integrations import IntegrationStore
from integrations.storage.table import Table
from tests.simulators.local import Demo
from tools.api_keys import create_key
from tools.create_integration import admin_client, complete_integration
from tools.stack.description import StackDescription
from tools.stack.emulator import Emulator, aws_client
from tools.stack.simulators import simulated_services

PROJECT_ID = "demo"
ENTITY_TYPE = "article"

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


def demos(simulators: Mapping[str, Mapping[str, Any]]) -> dict[str, Demo]:
    """The demo's integrations by id, of the simulators that stack.json describes so."""
    found = {service: local.demo(simulators[service]) for service, local in simulated_services().items()}
    return {integration_id(service): demo for service, demo in found.items() if demo}


def integration_id(service: str) -> str:
    """`int_demo_sanity`."""
    return f"int_demo_{service}"


def create_demo(stack: StackDescription) -> None:
    """Makes the integrations and their entities; leaves alone what is there."""
    store = entity_store(stack)
    with admin_client(stack) as api:
        for identifier, demo in demos(stack.content["simulators"]).items():
            if _place(stack, identifier, demo.definition):
                complete_integration(api, identifier, demo.definition)
            for entity_type, entities in demo.entities.items():
                _create_entities(store, entity_type, entities)


def _place(stack: StackDescription, identifier: str, definition: Mapping[str, Any]) -> bool:
    """The API makes ids of its own, and the demo's are the same on every stack: so a bare integration with that id is
    put into the table, and the rest goes through the API. False if it is there."""
    now = time.time_ns() // 1_000_000
    bare = Integration(
        project_id=stack.project_id,
        id=identifier,
        type=definition["type"],
        name=definition["name"],
        status="pending",
        config=definition["config"],
        field_mappings=(),
        created_at=now,
        updated_at=now,
    )
    return IntegrationStore(Table(stack.client("dynamodb"), stack.table("integrations"))).create(bare)


def entity_store(stack: StackDescription) -> EntityStore:
    """The stack's entities."""
    return EntityStore(Table(stack.client("dynamodb"), stack.table("entities"), key_names=("pk", "id")))


def _create_entities(store: EntityStore, entity_type: str, entities: Mapping[str, Mapping[str, Any]]) -> None:
    now = time.time_ns() // 1_000_000
    for identifier, fields in entities.items():
        store.create(PROJECT_ID, Entity(identifier, entity_type, dict(fields), now, now))
