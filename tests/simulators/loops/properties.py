"""Contact properties: the default ones, custom ones, and which values they take (PROVIDERS 4.1, 4.2)."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.simulators.loops.errors import refused
from tests.simulators.loops.switches import LoopsSwitches

KINDS = ("string", "number", "boolean", "date")
CAMEL_CASE = re.compile(r"[a-z][A-Za-z0-9]*")
RESERVED = frozenset({"id", "listId", "softDeleteAt", "teamId", "updatedAt", "mailingLists", "optInStatus"})


@dataclass(frozen=True, slots=True)
class ContactProperty:
    """A property as `GET /v1/contacts/properties` lists it."""

    key: str
    label: str
    type: str

    def as_json(self) -> dict[str, str]:
        """`{"key", "label", "type"}`."""
        return {"key": self.key, "label": self.label, "type": self.type}


DEFAULT_PROPERTIES = (
    ContactProperty("firstName", "First Name", "string"),
    ContactProperty("lastName", "Last Name", "string"),
    ContactProperty("email", "Email", "string"),
    ContactProperty("notes", "Notes", "string"),
    ContactProperty("source", "Source", "string"),
    ContactProperty("userGroup", "User Group", "string"),
    ContactProperty("userId", "User Id", "string"),
    ContactProperty("subscribed", "Subscribed", "boolean"),
    ContactProperty("createdAt", "Created At", "date"),
)
DEFAULT_KEYS = frozenset(each.key for each in DEFAULT_PROPERTIES)
DEFAULT_TEXTS = ("firstName", "lastName", "source", "userGroup")


def label_of(key: str) -> str:
    """`favoriteColor` as `Favorite color`."""
    words = re.sub(r"(?<=[a-z0-9])([A-Z])", r" \1", key)
    return words[:1].upper() + words[1:].lower()


def new_property(body: Mapping[str, Any], present: Mapping[str, Any], switches: LoopsSwitches) -> ContactProperty:
    """Reads `{"name", "type"}`. Raises `Refused` with 400 if it may not be made."""
    name, kind = body.get("name"), body.get("type")
    if not isinstance(name, str) or not name:
        raise refused(400, "Property name is required.")
    if kind not in KINDS:
        raise refused(400, f"Invalid property type; it must be one of {', '.join(KINDS)}.")
    if name in DEFAULT_KEYS or name in present:
        raise refused(400, "Property already exists.")
    if name in RESERVED:
        raise refused(400, f"Property name {name} is reserved.")
    if switches.require_camel_case and not CAMEL_CASE.fullmatch(name):
        raise refused(400, "Property name must be in camelCase.")
    return ContactProperty(name, label_of(name), str(kind))


def kind_of(value: Any) -> str:
    """The kind of property that a value would make."""
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "string"


def stored_value(key: str, value: Any, kind: str, switches: LoopsSwitches) -> Any:
    """The value as it is kept, dates as ISO text. Raises `Refused` if it isn't of the kind, which null always is."""
    if value is None:
        return None
    if isinstance(value, list | dict):
        raise refused(400, f"{key} must be a string, number, boolean or date.")
    if isinstance(value, str) and len(value) > switches.string_characters:
        raise refused(400, f"{key} must be at most {switches.string_characters} characters.")
    if kind == "date":
        return _date_text(key, value, switches)
    if switches.check_property_types and kind_of(value) != kind:
        raise refused(400, f"{key} must be a {kind}.")
    return value


def _date_text(key: str, value: Any, switches: LoopsSwitches) -> Any:
    moment = _moment(value)
    if moment is not None:
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    if switches.check_property_types:
        raise refused(400, f"{key} must be a date.")
    return value


def _moment(value: Any) -> datetime | None:
    """A moment of milliseconds since 1970 or ISO text; text without an offset is UTC."""
    try:
        if isinstance(value, str):
            text = f"{value}-01-01" if re.fullmatch(r"\d{4}", value) else value
            text = f"{value}-01" if re.fullmatch(r"\d{4}-\d{2}", value) else text
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return None
        return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
