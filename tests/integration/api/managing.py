"""Management calls as an admin makes them, and what is stored of them."""

import json
from typing import Any

from integrations.runtime.api import services
from integrations.storage.credentials import CredentialStore
from integrations.storage.table import Table
from tests.api_world import World
from tests.integration.api.gateway import Answer, request

ADDRESSES = ("https://zx3vzmn1.api.sanity.io",)
NEW: dict[str, Any] = {
    "type": "sanity",
    "name": "Production site",
    "config": {"projectId": "zx3vzmn1", "dataset": "production", "entityTypes": {"article": "post"}},
}
TITLE = {"source": "fields.title", "target": "title", "transform": None}


def call(world: World, method: str, path: str, body: object = None, key: str = "admin", **headers: str) -> Answer:
    """A call with a JSON body, or the text as it is."""
    sent = {"Authorization": f"Bearer {world.keys[key]}", **{n.replace("_", "-"): v for n, v in headers.items()}}
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    return request(method, path, sent, text)


def create(world: World, **changes: object) -> dict[str, Any]:
    """A new integration's detail."""
    answer = call(world, "POST", "/integrations", NEW | changes)
    assert answer.status == 201, answer.body
    return dict(answer.body["data"])


def change(world: World, id: str, body: object, version: object = 1) -> Answer:
    """A PATCH from that version."""
    return call(world, "PATCH", f"/integrations/{id}", body, If_Match=str(version))


def give_credentials(world: World, id: str, **credentials: str) -> None:
    """PUT …/credentials."""
    answer = call(world, "PUT", f"/integrations/{id}/credentials", credentials)
    assert (answer.status, answer.body) == (204, None)


def shown(world: World, id: str) -> dict[str, Any]:
    """The detail as it is now."""
    answer = call(world, "GET", f"/integrations/{id}")
    assert answer.status == 200, answer.body
    return dict(answer.body["data"])


def audited(world: World, id: str) -> list[tuple[str, list[str]]]:
    """What was done and which fields it changed, newest first."""
    answer = call(world, "GET", f"/integrations/{id}/events")
    assert answer.status == 200, answer.body
    return [(entry["action"], entry["changed"]) for entry in answer.body["data"]]


def opened(table: Table, world: World, id: str, purpose: Any = "service") -> str | None:
    """What is sealed there, opened for Sanity's own address; None without a ciphertext."""
    ciphertext = CredentialStore(table).read_ciphertext(world.ours, id, purpose)
    return ciphertext and services().vault.open(world.ours, id, purpose, ADDRESSES, ciphertext)


def problems(answer: Answer) -> dict[str, str]:
    """The details of a 422 by field."""
    assert (answer.status, answer.code) == (422, "validation_failed"), answer.body
    return {detail["field"]: detail["message"] for detail in answer.body["error"]["details"]}
