"""Loops on the local stack: a team that has one contact, and subscribers to push to it."""

import secrets as random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.simulators.admin_client import AdminClient
from tests.simulators.local import PEOPLE, Demo

ENTITY_TYPE = "subscriber"


def new_secrets() -> dict[str, Any]:
    """An API key."""
    return {"apiKey": random.token_hex(16)}


def switches(secrets: Mapping[str, Any]) -> dict[str, Any]:
    """The team's one key."""
    return {"apiKeys": [secrets["apiKey"]], "teamName": "Demo team"}


def access(secrets: Mapping[str, Any], url: str) -> dict[str, Any]:
    """The key: it names the team by itself."""
    return dict(secrets)


def seed(admin: AdminClient, pages: Sequence[str], now: datetime) -> None:
    """Somebody who has unsubscribed, and whom a push doesn't subscribe again."""
    admin.seed([{"email": PEOPLE[-1]["email"], "subscribed": False}])


def demo(where: Mapping[str, Any]) -> Demo:
    """Subscribers become contacts."""
    definition = {
        "type": "loops",
        "name": "Demo newsletter",
        "config": {"apiHost": where["url"], "entityTypes": {ENTITY_TYPE: "contact"}},
        "fieldMappings": [
            {"source": "fields.email", "target": "email", "transform": None},
            {"source": "fields.firstName", "target": "firstName", "transform": None},
            {"source": "fields.lastName", "target": "lastName", "transform": None},
            {"source": "fields.plan", "target": "userGroup", "transform": None},
        ],
        "credentials": {"apiKey": where["apiKey"]},
    }
    people = {f"{ENTITY_TYPE}/{person['firstName'].lower()}": person for person in PEOPLE}
    return Demo(definition, "push", entities={ENTITY_TYPE: people})
