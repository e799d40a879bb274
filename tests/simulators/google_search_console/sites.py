"""Properties and who may see them (PROVIDERS 2.4)."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LEVELS = ("siteOwner", "siteFullUser", "siteRestrictedUser", "siteUnverifiedUser")
READING_LEVELS = frozenset(LEVELS[:3])
UPPER_SNAKE = {
    "siteOwner": "SITE_OWNER",
    "siteFullUser": "SITE_FULL_USER",
    "siteRestrictedUser": "SITE_RESTRICTED_USER",
    "siteUnverifiedUser": "SITE_UNVERIFIED_USER",
}
EVERYBODY = "*"


@dataclass(frozen=True, slots=True)
class Property:
    """A property under its exact name, with the permission level of each principal; `*` stands for everybody."""

    site_url: str
    permissions: Mapping[str, str]

    def level(self, email: str) -> str | None:
        """The permission level of a principal, None if it isn't shared with it."""
        return self.permissions.get(email, self.permissions.get(EVERYBODY))


DEFAULT_PROPERTIES = (Property("sc-domain:example.com", {EVERYBODY: "siteOwner"}),)


class Properties:
    """The properties by name. A name counts as it is written: no slash, scheme or `www.` is forgiven."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._properties: dict[str, Property] = {}

    def put(self, *properties: Property) -> None:
        """Adds properties, or replaces those of the same name."""
        with self._lock:
            self._properties |= {each.site_url: each for each in properties}

    def replace(self, *properties: Property) -> None:
        """Has these properties alone."""
        with self._lock:
            self._properties = {each.site_url: each for each in properties}

    def get(self, site_url: str) -> Property | None:
        """The property of exactly this name."""
        return self._properties.get(site_url)

    def shared_with(self, email: str) -> list[Property]:
        """The properties that a principal sees, by name."""
        with self._lock:
            return [each for _, each in sorted(self._properties.items()) if each.level(email)]

    def export(self) -> list[dict[str, Any]]:
        """As JSON, for `properties_from_json`."""
        with self._lock:
            return [
                {"siteUrl": each.site_url, "permissions": dict(each.permissions)}
                for _, each in sorted(self._properties.items())
            ]


def properties_from_json(values: Any) -> tuple[Property, ...]:
    """Reads a list of `{"siteUrl", "permissions": {email or "*": level}}`. Raises `ValueError`."""
    if not isinstance(values, list):
        message = "properties must be a list of {siteUrl, permissions}"
        raise ValueError(message)
    return tuple(_property(value) for value in values)


def site_entry(each: Property, email: str, form: str) -> dict[str, str]:
    """What `sites.get` answers; `form` is `camel` or `upper_snake`."""
    level = each.level(email) or LEVELS[-1]
    return {"siteUrl": each.site_url, "permissionLevel": UPPER_SNAKE[level] if form == "upper_snake" else level}


def _property(value: Any) -> Property:
    known = isinstance(value, dict) and set(value) <= {"siteUrl", "permissions"} and value.get("siteUrl")
    permissions = value.get("permissions", {EVERYBODY: "siteOwner"}) if known else None
    if not isinstance(permissions, dict) or not set(permissions.values()) <= set(LEVELS):
        message = f"a property is {{siteUrl, permissions: {{email or *: one of {LEVELS}}}}}; got {value!r}"
        raise ValueError(message)
    return Property(value["siteUrl"], permissions)
