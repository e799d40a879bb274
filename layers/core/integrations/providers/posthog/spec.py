"""PostHog as data: configuration, credentials, addresses. No HTTP library is imported here.

A region has two hosts, one for the application with its API and one for ingestion; a PostHog of one's own has one for
both (https://posthog.com/docs/api).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from integrations.domain.job import Direction
from integrations.providers.addresses import Origin, parse_origin
from integrations.providers.posthog.records import EVENT_PREFIX, PAGEVIEWS, PERSON, can_be_pushed
from integrations.providers.spec import (
    Address,
    PrintableSecret,
    ProviderSpec,
    Secret,
    ServiceConfig,
    ServiceCredentials,
)

INGEST_HOSTS: Mapping[str, str] = MappingProxyType(
    {
        "us.posthog.com": "us.i.posthog.com",
        "eu.posthog.com": "eu.i.posthog.com",
        "app.posthog.com": "us.i.posthog.com",
    }
)
"""The ingestion host of each application host; `app` is the US region's former name."""
API_HOSTS = tuple(INGEST_HOSTS)
DEFAULT_API_HOST = "https://us.posthog.com"
TOKEN_CHARACTERS_MAXIMUM = 64
"""Longer ones are refused by capture (PostHog/posthog `rust/capture/src/token.rs`)."""
NAME_CHARACTERS_MAXIMUM = 200

_TARGETS = ("distinct_id", "timestamp", "created_at", "uuid", "event", "url", "views", "visitors")

ProjectId = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,11}$")]


class PostHogConfig(ServiceConfig):
    """`entity_types` maps each entity type to `person`, `event:<name>` or `pageviews`. `window_days` is how many whole
    days back page views are counted."""

    project_id: ProjectId
    api_host: Address = DEFAULT_API_HOST
    ingest_host: Address | None = None
    window_days: Annotated[int, Field(ge=1, le=365)] = 28

    @field_validator("entity_types")
    @classmethod
    def _check_types(cls, value: dict[str, str]) -> dict[str, str]:
        for remote_type in value.values():
            name = remote_type.removeprefix(EVENT_PREFIX)
            if remote_type in (PERSON, PAGEVIEWS):
                continue
            if name == remote_type or name != name.strip() or not name.isprintable():
                raise ValueError('an entity type is mapped to "person", "event:<name of the event>" or "pageviews"')
            if not 0 < len(name) <= NAME_CHARACTERS_MAXIMUM:
                raise ValueError(f"the name of an event has 1 to {NAME_CHARACTERS_MAXIMUM} characters")
        return value

    @model_validator(mode="after")
    def _check_hosts(self) -> Self:
        api, ingest = self.api_origin.host, self.ingest_origin.host
        if api in INGEST_HOSTS.values():
            raise ValueError(f"apiHost is the application's host: https://{api.replace('.i.', '.')}")
        if ingest in INGEST_HOSTS:
            raise ValueError(f"ingestHost is the host of ingestion: https://{INGEST_HOSTS[ingest]}")
        if api in INGEST_HOSTS and ingest in INGEST_HOSTS.values() and INGEST_HOSTS[api] != ingest:
            raise ValueError(f"apiHost and ingestHost are of two regions; with {api} goes {INGEST_HOSTS[api]}")
        return self

    @model_validator(mode="after")
    def _check_match(self) -> Self:
        if self.match is None:
            return self
        if list(self.entity_types.values()) != [PAGEVIEWS]:
            raise ValueError('match needs exactly one entity type, mapped to "pageviews"')
        if self.match.target != "url":
            raise ValueError('the target of match is "url"')
        return self

    @model_validator(mode="after")
    def _check_never_delete(self) -> Self:
        if self.on_archive == "delete":
            raise ValueError('onArchive "delete" is not possible with PostHog: nothing is deleted there')
        return self

    @property
    def api_origin(self) -> Origin:
        """Where the private API is called."""
        return parse_origin(self.api_host)

    @property
    def ingest_origin(self) -> Origin:
        """Where events are sent: the region's ingestion host; of another PostHog, the same host."""
        if self.ingest_host is not None:
            return parse_origin(self.ingest_host)
        api = self.api_origin
        return Origin(api.scheme, INGEST_HOSTS.get(api.host, api.host), api.port)

    @property
    def canonical_address(self) -> str:
        """Names the project, by whichever of its region's names it is called."""
        return f"{canonical_host(self.api_origin.host)}/{self.project_id}"


class PostHogCredentials(ServiceCredentials):
    """`personal_api_key` (phx_…) reads, `project_token` (phc_…) writes; `webhook_secret` comes with the webhooks that
    PostHog sends us."""

    personal_api_key: PrintableSecret
    project_token: PrintableSecret
    webhook_secret: Secret | None = None

    @field_validator("personal_api_key")
    @classmethod
    def _check_key(cls, value: Secret) -> Secret:
        if value.get_secret_value().startswith("phc_"):
            raise ValueError("is a project token; a personal API key starts with phx_")
        return value

    @field_validator("project_token")
    @classmethod
    def _check_token(cls, value: Secret) -> Secret:
        token = value.get_secret_value()
        if token.startswith(("phx_", "phs_")):
            raise ValueError("is a secret key; the project token starts with phc_")
        if len(token) > TOKEN_CHARACTERS_MAXIMUM:
            raise ValueError(f"has more than {TOKEN_CHARACTERS_MAXIMUM} characters")
        return value


def canonical_host(host: str) -> str:
    """The host, by its region's present name."""
    return "us.posthog.com" if host == "app.posthog.com" else host


def own_hosts(config: PostHogConfig) -> tuple[str, ...]:
    """The hosts of PostHog's two regions."""
    return (*API_HOSTS, *dict.fromkeys(INGEST_HOSTS.values()))


def _addresses(config: PostHogConfig) -> tuple[str, ...]:
    return tuple(dict.fromkeys((str(config.api_origin), str(config.ingest_origin))))


def _target_problem(target: str) -> str | None:
    if target in _TARGETS or (target.startswith("properties.") and target != "properties."):
        return None
    return f"PostHog has no {target!r}; allowed are {', '.join(_TARGETS)}, and properties.<name>"


def _quota_holder(config: PostHogConfig, credentials: PostHogCredentials) -> str:
    """PostHog counts by project, older versions by key."""
    return f"{credentials.personal_api_key.get_secret_value()}|{config.project_id}"


def _takes_entity_ids(direction: Direction, config: Mapping[str, Any]) -> bool:
    return direction == "push" or set(_remote_types(config)) == {PERSON}


def _directions(config: Mapping[str, Any]) -> tuple[Direction, ...]:
    return ("push", "pull") if any(can_be_pushed(each) for each in _remote_types(config)) else ("pull",)


def _remote_types(config: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(config.get("entityTypes", {}).values())


SPEC: ProviderSpec[PostHogConfig, PostHogCredentials] = ProviderSpec(
    type="posthog",
    label="PostHog",
    directions=("push", "pull"),
    default_direction="push",
    config=PostHogConfig,
    credentials=PostHogCredentials,
    addresses_of=_addresses,
    own_hosts_of=own_hosts,
    target_problem=_target_problem,
    takes_entity_ids=_takes_entity_ids,
    quota_holder=_quota_holder,
    directions_of=_directions,
    required_targets=("distinct_id",),
)
