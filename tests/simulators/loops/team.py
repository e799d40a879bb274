"""One team: its audience, the events it was sent, its keys' memory, its webhooks."""

from collections.abc import Mapping
from typing import Any

from tests.simulators.clock import AdjustableClock
from tests.simulators.loops.audience import Audience, Contact
from tests.simulators.loops.changes import read_change
from tests.simulators.loops.events import IdempotencyKeys
from tests.simulators.loops.properties import KINDS, ContactProperty, label_of
from tests.simulators.loops.switches import LoopsSwitches
from tests.simulators.loops.webhooks import LoopsWebhooks


class Team:
    """What is stored; `clock` says when."""

    def __init__(self, clock: AdjustableClock, webhooks: LoopsWebhooks) -> None:
        self.clock = clock
        self.webhooks = webhooks
        self.audience = Audience(self._announce)
        self.idempotency = IdempotencyKeys()
        self.events: list[dict[str, Any]] = []

    def clear(self) -> None:
        """Forgets contacts, events, idempotency keys and webhooks."""
        with self.audience.lock:
            self.audience.clear()
            self.idempotency = IdempotencyKeys()
            self.events.clear()
        self.webhooks.clear()

    def edit(self, change: Mapping[str, Any], switches: LoopsSwitches) -> Contact | None:
        """Changes or deletes a contact as somebody in Loops would: `{"id", "set"?, "unset"?}` or `{"id", "delete"}`.

        `id` may be the address or user id, too. Raises `ValueError` without such a contact, `Refused` for bad values.
        """
        audience, name = self.audience, str(change["id"])
        with audience.lock:
            contact = audience.get(name) or audience.find(name, name)
            if contact is None:
                message = f"no contact has the id, email or userId {name!r}"
                raise ValueError(message)
            if change.get("delete"):
                audience.delete(contact)
                return None
            wanted = {**dict.fromkeys(change.get("unset", ())), **change.get("set", {})}
            read = read_change(wanted, audience.properties, frozenset(audience.lists), switches)
            return dict(audience.change(contact, read))

    def export(self) -> dict[str, Any]:
        """Everything stored, as JSON."""
        with self.audience.lock:
            return {
                "contacts": self.audience.contacts(),
                "properties": [each.as_json() for each in self.audience.properties.values()],
                "mailingLists": list(self.audience.lists.values()),
                "contactsIssued": self.audience.issued,
                "idempotencyKeys": self.idempotency.export(),
                "events": list(self.events),
            }

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes up what `export` gave."""
        self.clear()
        self.audience.properties = properties_from_json(state["properties"])
        self.audience.lists = lists_from_json(state["mailingLists"])
        self.audience.load(state["contacts"])
        self.audience.issued = state["contactsIssued"]
        self.idempotency.load(state["idempotencyKeys"])
        self.events.extend(state["events"])

    def _announce(self, event: str, contact: Contact, extra: Mapping[str, Any]) -> None:
        identity = {key: contact[key] for key in ("id", "email", "userId")}
        self.webhooks.announce(event, {"contactIdentity": identity, **extra})


def properties_from_json(values: Any) -> dict[str, ContactProperty]:
    """Reads a list of `{"key", "type", "label"?}`. Raises `ValueError`."""
    if not isinstance(values, list) or not all(
        isinstance(each, dict) and isinstance(each.get("key"), str) and each.get("type") in KINDS for each in values
    ):
        message = f"properties must be a list of {{key, type of {', '.join(KINDS)}, label?}}"
        raise ValueError(message)
    return {
        each["key"]: ContactProperty(each["key"], each.get("label") or label_of(each["key"]), each["type"])
        for each in values
    }


def lists_from_json(values: Any) -> dict[str, dict[str, Any]]:
    """Reads a list of `{"id", "name", "description"?, "isPublic"?}`. Raises `ValueError`."""
    if not isinstance(values, list) or not all(
        isinstance(each, dict) and isinstance(each.get("id"), str) and isinstance(each.get("name"), str)
        for each in values
    ):
        message = "mailingLists must be a list of {id, name, description?, isPublic?}"
        raise ValueError(message)
    return {
        each["id"]: {
            "id": each["id"],
            "name": each["name"],
            "description": each.get("description"),
            "isPublic": bool(each.get("isPublic", True)),
        }
        for each in values
    }
