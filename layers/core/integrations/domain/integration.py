"""An integration: one project connected to one external service."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from integrations.domain.field_mapping import FieldMapping

IntegrationStatus = Literal["active", "inactive", "error", "pending"]
OnConflict = Literal["skip", "overwrite"]
OnArchive = Literal["ignore", "delete"]
ADDRESS_CHANGED = "address_changed"
"""The reason of an integration whose credentials were dropped with the address they were given for."""


@dataclass(frozen=True, slots=True)
class StatusReason:
    """Why an integration has its status: a stable `code`, a `message` for people, `at` in Unix milliseconds."""

    code: str
    message: str
    at: int


@dataclass(frozen=True, slots=True)
class PageMatch:
    """Records land on the entities whose `source` names the same page as their `target`."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Integration:
    """What is configured, without any credential.

    `version` counts an admin's changes; `mapping_version` those after which an incremental run has to be a full one
    (mappings, status, what is exchanged): links and watermarks remember it. `credentials_version` counts the times that
    credentials were given or dropped: what older ones proved says nothing of these.
    `last_sync_at` is the end of the last completed job in which nothing failed. `resumes_as` is what an `inactive` one
    becomes when an admin makes it active again.
    """

    project_id: str
    id: str
    type: str
    name: str
    status: IntegrationStatus
    config: Mapping[str, Any]
    field_mappings: tuple[FieldMapping, ...]
    created_at: int
    updated_at: int
    version: int = 1
    mapping_version: int = 1
    credentials_set: bool = False
    credentials_version: int = 0
    last_sync_at: int | None = None
    status_reason: StatusReason | None = None
    schedule: Mapping[str, Any] | None = None
    resumes_as: IntegrationStatus | None = None

    @property
    def entity_types(self) -> dict[str, str]:
        """Entity type id → the thing of the service it is exchanged with, one to one."""
        return dict(self.config.get("entityTypes", {}))

    @property
    def match(self) -> PageMatch | None:
        """How records find the entities they measure, where the integration is of that kind."""
        found = self.config.get("match")
        return PageMatch(found["source"], found["target"]) if found else None

    @property
    def on_conflict(self) -> OnConflict:
        """What happens to a target that changed on both sides."""
        return "overwrite" if self.config.get("onConflict") == "overwrite" else "skip"

    @property
    def on_archive(self) -> OnArchive:
        """What becomes of the record of an archived entity; what is only matched isn't ours to delete."""
        return "delete" if self.config.get("onArchive") == "delete" and self.match is None else "ignore"


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far incremental runs of one direction have read, in the service's own time; void under another mapping."""

    value: str
    mapping_version: int


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a connection test found, for a person to act on."""

    code: str
    message: str
    suggestions: tuple[str, ...] = field(default=())
