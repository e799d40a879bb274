"""Loops as data: configuration, credentials, addresses, targets. No HTTP library is imported here.

https://loops.so/docs/api-reference, https://loops.so/docs/contacts/properties
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints, field_validator

from integrations.domain.job import Direction
from integrations.providers.addresses import Origin, parse_origin
from integrations.providers.spec import (
    Address,
    MatchConfig,
    PrintableSecret,
    ProviderSpec,
    Secret,
    ServiceConfig,
    ServiceCredentials,
)

API_HOST = "app.loops.so"
CONTACT = "contact"
LIST_PREFIX = "mailingLists."
STANDARD_PROPERTIES = frozenset({"email", "userId", "firstName", "lastName", "source", "subscribed", "userGroup"})
"""What every contact has and the API may write."""

_OWN_PROPERTIES = frozenset(
    {"id", "optInStatus", "notes", "createdAt", "updatedAt", "listId", "softDeleteAt", "teamId"}
)
"""Loops' own, and the names that it reserves; `notes` is written by hand only."""
_PROPERTY = re.compile(r"[a-z][A-Za-z0-9]*")
_LIST_TARGET = re.compile(r"mailingLists\.[A-Za-z0-9_-]{1,64}")

ListId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class LoopsConfig(ServiceConfig):
    """`entity_types` maps the one entity type that becomes contacts. A contact that a push creates is added to
    `mailing_lists`, but for those that a target `mailingLists.<id>` is mapped for; one that was there isn't.
    `create_properties` makes mapped custom properties that the team lacks; without it they are an error."""

    mailing_lists: Annotated[list[ListId], Field(default_factory=list, max_length=100)]
    create_properties: bool = False
    api_host: Address | None = None

    @field_validator("entity_types")
    @classmethod
    def _check_contacts(cls, value: dict[str, str]) -> dict[str, str]:
        if len(value) > 1 or set(value.values()) - {CONTACT}:
            raise ValueError(f'Loops holds contacts alone: map exactly one entity type, to "{CONTACT}"')
        return value

    @field_validator("match")
    @classmethod
    def _refuse_match(cls, value: MatchConfig | None) -> MatchConfig | None:
        if value is not None:
            raise ValueError("Loops measures no pages, so nothing can be matched; leave match out")
        return value

    @property
    def origin(self) -> Origin:
        """Where the API is called."""
        return parse_origin(self.api_host or f"https://{API_HOST}")

    @property
    def canonical_address(self) -> str:
        """The host: which team it is, only the key says."""
        return self.origin.host


class LoopsCredentials(ServiceCredentials):
    """`api_key` may do everything in its team; `webhook_secret` signs the webhooks that Loops sends us."""

    api_key: PrintableSecret
    webhook_secret: Secret | None = None


def own_hosts(config: LoopsConfig) -> tuple[str, ...]:
    """The one host of the API."""
    return (API_HOST,)


def _addresses(config: LoopsConfig) -> tuple[str, ...]:
    return (str(config.origin),)


def _target_problem(target: str) -> str | None:
    if target in _OWN_PROPERTIES:
        return f"{target} is kept by Loops itself and can't be written; map to another property"
    if target == "mailingLists" or target.startswith(LIST_PREFIX):
        if _LIST_TARGET.fullmatch(target):
            return None
        return "a mailing list is mailingLists.<id>, the id being that of the list in Loops; its value true or false"
    if not _PROPERTY.fullmatch(target):
        return "a contact has no objects or arrays: give the name of a property in camelCase, or mailingLists.<id>"
    return None


def is_writable(name: str) -> bool:
    """Whether a contact property can be a mapping's target."""
    return name not in _OWN_PROPERTIES and _PROPERTY.fullmatch(name) is not None


def _quota_holder(config: LoopsConfig, credentials: LoopsCredentials) -> str:
    """The service counts by team; nearest to that, since nothing names the team, is the key."""
    return credentials.api_key.get_secret_value()


def _takes_entity_ids(direction: Direction, config: Mapping[str, Any]) -> bool:
    return True


SPEC: ProviderSpec[LoopsConfig, LoopsCredentials] = ProviderSpec(
    type="loops",
    label="Loops",
    directions=("push", "pull"),
    default_direction="push",
    config=LoopsConfig,
    credentials=LoopsCredentials,
    addresses_of=_addresses,
    own_hosts_of=own_hosts,
    target_problem=_target_problem,
    takes_entity_ids=_takes_entity_ids,
    quota_holder=_quota_holder,
    required_targets=("email", "userId"),
)
