"""Sanity as data: configuration, credentials, addresses. No HTTP library is imported here.

Names and their patterns are those of @sanity/client (`src/validators.ts`).
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints, field_validator

from integrations.domain.job import Direction
from integrations.providers.addresses import Origin, parse_origin
from integrations.providers.spec import (
    Address,
    PrintableSecret,
    ProviderSpec,
    Secret,
    ServiceConfig,
    ServiceCredentials,
)

API_HOST = "api.sanity.io"
DEFAULT_API_VERSION = "2025-02-19"
"""The first version whose default perspective is `published`; behaviour is frozen by date."""

_DOCUMENT_TYPE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}")


def _checked_version(value: str) -> str:
    try:
        date.fromisoformat(value.removeprefix("v"))
    except ValueError:
        raise ValueError(f"must be a date such as {DEFAULT_API_VERSION}") from None
    return value.removeprefix("v")


ProjectId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
Dataset = Annotated[str, StringConstraints(pattern=r"^(~[a-z0-9][-a-zA-Z0-9_]{0,62}|[a-z0-9][-a-zA-Z0-9_]{0,63})$")]
ApiVersion = Annotated[str, StringConstraints(pattern=r"^v?[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class SanityConfig(ServiceConfig):
    """`entity_types` maps each entity type to a document `_type`. `api_host` replaces the project's own address."""

    project_id: ProjectId
    dataset: Dataset
    api_version: Annotated[ApiVersion, AfterValidator(_checked_version)] = DEFAULT_API_VERSION
    api_host: Address | None = None

    @field_validator("entity_types")
    @classmethod
    def _check_document_types(cls, value: dict[str, str]) -> dict[str, str]:
        for document_type in value.values():
            if not _DOCUMENT_TYPE.fullmatch(document_type):
                raise ValueError("a document type starts with a letter and holds letters, digits, '.', '_' and '-'")
        return value

    @property
    def origin(self) -> Origin:
        """Where the API is called: the project's own host, unless another one is configured."""
        return parse_origin(self.api_host or f"https://{self.project_id}.{API_HOST}")

    @property
    def canonical_address(self) -> str:
        """Names the dataset, whichever of the service's own hosts it is called by."""
        host = API_HOST if self.origin.host in own_hosts(self) else self.origin.host
        return f"{host}/{self.project_id}/{self.dataset}"


class SanityCredentials(ServiceCredentials):
    """`token` needs the Editor role to push; `webhook_secret` signs the webhooks that Sanity sends us."""

    token: PrintableSecret
    webhook_secret: Secret | None = None


def own_hosts(config: SanityConfig) -> tuple[str, ...]:
    """The project's host and the one for all projects. The CDN serves stale answers and takes no writes."""
    return f"{config.project_id}.{API_HOST}", API_HOST


def _addresses(config: SanityConfig) -> tuple[str, ...]:
    return (str(config.origin),)


def _target_problem(target: str) -> str | None:
    if target.startswith("_"):
        return "keys that start with _ belong to Sanity; map to another key"
    return None


def _quota_holder(config: SanityConfig, credentials: SanityCredentials) -> str:
    """The service counts by address of the caller; nearest to that, from functions without one, is the token."""
    return credentials.token.get_secret_value()


def _takes_entity_ids(direction: Direction, config: Mapping[str, Any]) -> bool:
    return True


SPEC: ProviderSpec[SanityConfig, SanityCredentials] = ProviderSpec(
    type="sanity",
    label="Sanity",
    directions=("push", "pull"),
    default_direction="push",
    config=SanityConfig,
    credentials=SanityCredentials,
    addresses_of=_addresses,
    own_hosts_of=own_hosts,
    target_problem=_target_problem,
    takes_entity_ids=_takes_entity_ids,
    quota_holder=_quota_holder,
)
