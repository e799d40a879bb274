"""A world to try the published API in: a project with one integration in each state, a second project, and keys of each
level; in process, or in the table of a deployed stack.
"""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from integrations.domain.api_key import ApiKey, Level, Plan
from integrations.domain.field_mapping import FieldMapping
from integrations.domain.integration import Integration
from integrations.domain.job import Job
from integrations.providers.registry import service_types
from integrations.storage.api_keys import ApiKeyStore
from integrations.storage.intake import IntakeStore
from integrations.storage.integrations import IntegrationStore
from integrations.storage.table import Table

NOW = 1_764_000_000_000
OUR_JOB = "01KAT0000000000000000000AA"
THEIR_JOB = "01KAT0000000000000000000BB"
JSON: Mapping[str, str] = MappingProxyType({"Content-Type": "application/json"})


@dataclass(frozen=True)
class Request:
    """`key` is a name of the world's keys, or what is sent as it is; `{ours}` and `{theirs}` stand for the projects."""

    method: str
    path: str
    key: str | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None


@dataclass(frozen=True)
class World:
    """Where refusals are tried: two projects, and keys by name."""

    ours: str
    theirs: str
    keys: Mapping[str, str]

    def headers(self, request: Request) -> dict[str, str]:
        """What is sent, credentials included."""
        sent = {name: self._named(value) for name, value in request.headers.items()}
        if request.key is not None:
            key = self.keys.get(request.key)
            sent["Authorization"] = f"Bearer {key}" if key else request.key
        return sent

    def _named(self, value: str) -> str:
        return value.replace("{ours}", self.ours).replace("{theirs}", self.theirs)


def furnish(table: Table, name: str) -> World:
    """Makes the world in IntegrationsTable; `name` makes its projects and keys different from all others."""
    world = World(name, f"{name}-other", {kind: _key(name, kind) for kind in (*_KEYS, "revoked", "unknown")})
    for kind, (level, projects, plan) in _KEYS.items():
        served = tuple(world._named(project) for project in projects)
        _store_key(table, world.keys[kind], level, served, plan)
    _store_key(table, world.keys["revoked"], "admin", (world.ours,), revoked=True)
    _store_integrations(table, world)
    intake, now = IntakeStore(table), time.time_ns() // 1_000_000
    for project, job_id in ((world.ours, OUR_JOB), (world.theirs, THEIR_JOB)):
        job = Job(job_id, project, "int_active", "Push to Site", "push", "full", now, entity_ids=("a",))
        intake.submit(job, None, now)
    return world


_KEYS: Mapping[str, tuple[Level, tuple[str, ...], Plan]] = {
    "read": ("read", ("{ours}",), "enterprise"),
    "write": ("write", ("{ours}",), "enterprise"),
    "admin": ("admin", ("{ours}",), "enterprise"),
    "both": ("admin", ("{ours}", "{theirs}"), "enterprise"),
    "free": ("admin", ("{ours}",), "free"),
    "free-read": ("read", ("{ours}",), "free"),
}


def _key(name: str, kind: str) -> str:
    """Of the right shape, and the same each time: 43 base64url characters."""
    return "ds_" + hashlib.sha256(f"{name}/{kind}".encode()).hexdigest()[:43]


def _store_key(
    table: Table, key: str, level: Level, projects: tuple[str, ...], plan: Plan = "enterprise", *, revoked: bool = False
) -> None:
    ended_at = NOW if revoked else None
    record = ApiKey(hashlib.sha256(key.encode()).hexdigest(), level, projects, plan, ended_at)
    ApiKeyStore(table).put(record, NOW)


def _store_integrations(table: Table, world: World) -> None:
    active = an_integration(world.ours)
    store = IntegrationStore(table)
    store.create(active)
    store.create(replace(active, id="int_inactive", status="inactive"))
    store.create(replace(active, id="int_bare", status="pending", credentials_set=False))
    store.create(replace(active, project_id=world.theirs, id="int_theirs"))
    if "google_search_console" in service_types():
        config = {"siteUrl": "sc-domain:example.com", "entityTypes": {"article": "row"}}
        store.create(replace(active, id="int_search", type="google_search_console", config=config))


def an_integration(project_id: str, **changes: Any) -> Integration:
    """An active one with Sanity that says it has credentials."""
    integration = Integration(
        project_id=project_id,
        id="int_active",
        type="sanity",
        name="Site",
        status="active",
        config={"projectId": "zx3vzmn1", "dataset": "production", "entityTypes": {"article": "post"}},
        field_mappings=(FieldMapping("fields.title", "title"), FieldMapping("fields.title", "slug.current", "slugify")),
        created_at=NOW,
        updated_at=NOW,
        credentials_set=True,
    )
    return replace(integration, **changes)
