"""Notebook as data: configuration, credentials, addresses. No HTTP library is imported here."""

from collections.abc import Mapping
from typing import Any, Literal

from integrations.domain.job import Direction
from integrations.providers.spec import (
    Address,
    EntityTypeId,
    PrintableSecret,
    ProviderSpec,
    ServiceConfig,
    ServiceCredentials,
)

HOST = "api.notebook.example"


class NotebookConfig(ServiceConfig):
    """The service has one kind of thing, `note`. `api_host` replaces its own address."""

    entity_types: dict[EntityTypeId, Literal["note"]]
    api_host: Address = f"https://{HOST}"


class NotebookCredentials(ServiceCredentials):
    """`token` opens one notebook."""

    token: PrintableSecret


def _addresses(config: NotebookConfig) -> tuple[str, ...]:
    return (config.api_host,)


def _own_hosts(config: NotebookConfig) -> tuple[str, ...]:
    return (HOST,)


def _target_problem(target: str) -> str | None:
    if target in ("id", "changed"):
        return f"{target} belongs to the service; map to another key"
    return None


def _takes_entity_ids(direction: Direction, config: Mapping[str, Any]) -> bool:
    return True


def _quota_holder(config: NotebookConfig, credentials: NotebookCredentials) -> str:
    return credentials.token.get_secret_value()


SPEC: ProviderSpec[NotebookConfig, NotebookCredentials] = ProviderSpec(
    type="notebook",
    label="Notebook",
    directions=("push", "pull"),
    default_direction="push",
    config=NotebookConfig,
    credentials=NotebookCredentials,
    addresses_of=_addresses,
    own_hosts_of=_own_hosts,
    target_problem=_target_problem,
    takes_entity_ids=_takes_entity_ids,
    quota_holder=_quota_holder,
)
