"""The environment, read in one place. A function has only the variables it needs, so each is looked up when asked."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


class SettingMissing(Exception):
    """A variable that this function needs isn't set, or cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The variables by name. Every property raises `SettingMissing` for a variable without a usable value."""

    variables: Mapping[str, str]

    @property
    def integrations_table(self) -> str:
        """Name of IntegrationsTable."""
        return self._text("INTEGRATIONS_TABLE")

    @property
    def entities_table(self) -> str:
        """Name of EntitiesTable."""
        return self._text("ENTITIES_TABLE")

    @property
    def sync_queue_url(self) -> str:
        """Where wake-ups go."""
        return self._text("SYNC_QUEUE_URL")

    @property
    def dead_letter_queue_url(self) -> str:
        """Where wake-ups are that failed too often."""
        return self._text("DEAD_LETTER_QUEUE_URL")

    @property
    def credentials_key_id(self) -> str:
        """The KMS key of the credentials: id, ARN or alias."""
        return self._text("CREDENTIALS_KEY_ID")

    @property
    def event_bus_name(self) -> str:
        """Where `sync.*`, `integration.*` and `entity.*` events go."""
        return self._text("EVENT_BUS_NAME")

    @property
    def cursor_secret(self) -> bytes:
        """What seals the cursors of paged lists."""
        return self._text("CURSOR_SECRET").encode()

    @property
    def lease_seconds(self) -> int:
        """How long a worker may be silent before another takes its place."""
        return self._count("LEASE_SECONDS")

    @property
    def slice_seconds(self) -> int:
        """How long a worker works on one integration before it hands on."""
        return self._count("SLICE_SECONDS")

    @property
    def workers_maximum(self) -> int:
        """How many workers run at once."""
        return self._count("WORKERS_MAXIMUM")

    @property
    def service_timeout_seconds(self) -> int:
        """The bound of each step of a call to a service."""
        return self._count("SERVICE_TIMEOUT_SECONDS")

    @property
    def allowed_addresses(self) -> tuple[str, ...]:
        """`host:port` of services' addresses that this deployment adds to the services' own: none on AWS."""
        listed = self.variables.get("ALLOWED_ADDRESSES", "").split(",")
        return tuple(address.strip() for address in listed if address.strip())

    @property
    def environment(self) -> str:
        """The deployment's name, `local` on the emulator."""
        return self._text("ENVIRONMENT")

    def _text(self, name: str) -> str:
        value = self.variables.get(name, "").strip()
        if not value:
            message = f"the environment variable {name} isn't set; give it to this function in template.yaml"
            raise SettingMissing(message)
        return value

    def _count(self, name: str) -> int:
        text = self._text(name)
        if not text.isdecimal() or int(text) < 1:
            message = f"the environment variable {name} is {text!r}; it has to be a whole number from 1"
            raise SettingMissing(message)
        return int(text)


def read_settings() -> Settings:
    """The settings of this process."""
    return Settings(dict(os.environ))
