"""What a request asks of a contact, read and checked before anything is stored (PROVIDERS 4.2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulators.loops.errors import refused
from tests.simulators.loops.properties import (
    DEFAULT_KEYS,
    DEFAULT_TEXTS,
    ContactProperty,
    kind_of,
    label_of,
    stored_value,
)
from tests.simulators.loops.switches import LoopsSwitches

EMAIL = re.compile(r"[^\s@<>,;\"()\[\]]+@[^\s@<>,;\"()\[\].]+(\.[^\s@<>,;\"()\[\].]+)+")
NOT_PROPERTIES = frozenset({"email", "userId", "subscribed", "mailingLists", *DEFAULT_TEXTS})


@dataclass(frozen=True, slots=True)
class ContactChange:
    """Keys that a request named, with the values to keep; what it doesn't name stays as it is.

    `subscribed` None means that it wasn't named: nobody is subscribed or unsubscribed by the way.
    """

    email: str | None
    user_id: str | None
    clears_user_id: bool = False
    subscribed: bool | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    lists: Mapping[str, bool] = field(default_factory=dict)
    new_properties: tuple[ContactProperty, ...] = ()


def read_change(
    body: Mapping[str, Any],
    properties: Mapping[str, ContactProperty],
    list_ids: frozenset[str],
    switches: LoopsSwitches,
    *,
    leave_out: frozenset[str] = frozenset(),
) -> ContactChange:
    """Reads a contact's keys from a body. Raises `Refused` with the 400 of the first that is wrong."""
    subscribed = body.get("subscribed")
    if "subscribed" in body and not isinstance(subscribed, bool):
        raise refused(400, "subscribed must be a boolean.")
    fields = {key: stored_value(key, body[key], "string", switches) for key in DEFAULT_TEXTS if key in body}
    custom = {key: value for key, value in body.items() if key not in NOT_PROPERTIES | leave_out}
    made = _made_properties(custom, properties, switches)
    known = {**properties, **{each.key: each for each in made}}
    fields |= {key: stored_value(key, custom[key], known[key].type, switches) for key in custom if key in known}
    return ContactChange(
        email=read_email(body.get("email"), switches),
        user_id=read_user_id(body.get("userId"), switches),
        clears_user_id="userId" in body and body["userId"] is None,
        subscribed=subscribed,
        fields=fields,
        lists=_read_lists(body.get("mailingLists"), list_ids, switches),
        new_properties=made,
    )


def read_email(value: Any, switches: LoopsSwitches) -> str | None:
    """The address, None without one. Raises `Refused` with 400 if it isn't one."""
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > switches.string_characters or not EMAIL.fullmatch(value):
        raise refused(400, "Invalid email address.")
    return value.lower() if switches.lowercase_emails else value


def read_user_id(value: Any, switches: LoopsSwitches) -> str | None:
    """The user id, None without one or with an empty one. Raises `Refused` with 400 if it isn't text."""
    text = stored_value("userId", value, "string", switches)
    if text is not None and not isinstance(text, str):
        raise refused(400, "userId must be a string.")
    return text or None


def _made_properties(
    custom: Mapping[str, Any], properties: Mapping[str, ContactProperty], switches: LoopsSwitches
) -> tuple[ContactProperty, ...]:
    """The properties that unknown keys make, if they make any. Raises `Refused` where they are refused."""
    unknown = [key for key in custom if key not in properties]
    if unknown and switches.unknown_properties == "refuse":
        raise refused(400, f"Unknown contact property: {', '.join(sorted(unknown))}.")
    if switches.unknown_properties == "ignore":
        return ()
    made = [key for key in unknown if key not in DEFAULT_KEYS and custom[key] is not None]
    return tuple(ContactProperty(key, label_of(key), kind_of(custom[key])) for key in made)


def _read_lists(value: Any, list_ids: frozenset[str], switches: LoopsSwitches) -> dict[str, bool]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(wanted, bool) for wanted in value.values()):
        raise refused(400, "mailingLists must be an object of mailing list ids and booleans.")
    unknown = sorted(set(value) - list_ids)
    if unknown and switches.unknown_list_status != 200:
        raise refused(switches.unknown_list_status, f"Mailing list not found: {', '.join(unknown)}.")
    return {key: wanted for key, wanted in value.items() if key in list_ids}
