"""What clients send and get, field by field: validated on the way in, and the schemas of the OpenAPI document.

Times are Unix milliseconds, ids opaque strings, names camelCase.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from integrations.domain.field_mapping import Transform
from integrations.domain.integration import IntegrationStatus
from integrations.domain.job import Direction, JobStatus, LogLevel, Mode

ENTITY_IDS_MAXIMUM = 1000
PAGE_MAXIMUM = 100

Category = Literal["seo", "ai", "export", "sync"]
Time = Annotated[int, Field(description="Unix milliseconds", examples=[1764000000000])]
Id = Annotated[str, Field(min_length=1, max_length=128)]


def _without_default(schema: dict[str, Any]) -> None:
    """An input that may be left out, but is never null, has no default to show."""
    schema.pop("default", None)


def _left_out(description: str, **rules: Any) -> Any:  # noqa: ANN401 - as pydantic.Field
    return Field(default=None, description=description, json_schema_extra=_without_default, **rules)


def _distinct(ids: list[str]) -> list[str]:
    distinct = list(dict.fromkeys(ids))
    if len(distinct) > ENTITY_IDS_MAXIMUM:
        message = f"{len(distinct)} different ids given; at most {ENTITY_IDS_MAXIMUM} a call: split them"
        raise ValueError(message)
    return distinct


def _whole_number(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch("[0-9]{1,9}", value):
        message = f"{value[:32]!r} given; should be a whole number"
        raise ValueError(message)
    return value


class Input(BaseModel):
    """What a client sends: unknown keys are refused, and a string is never taken for a number."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True, frozen=True)


class Output(BaseModel):
    """What a client gets."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True, frozen=True)


class SyncRequest(Input):
    """Which way to sync, and how much. Everything may be left out, the body too."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"direction": "push"}, {"direction": "pull", "mode": "full"}, {"entityIds": ["article-1"]}]
        }
    )

    direction: Direction = _left_out("`push` exports to the service, `pull` imports from it. Default: the service's")
    entity_ids: Annotated[list[Id], AfterValidator(_distinct)] = _left_out(
        "Only these entities, 1 to 1,000 different ids; without it, all entities of the mapped types", min_length=1
    )
    mode: Mode = _left_out(
        "`full` compares everything (a push's default), `incremental` reads what changed (a pull's default), "
        "`resync` ignores what is remembered: everything is exchanged, and the direction wins"
    )


class SyncHeaders(Input):
    """Headers of a trigger."""

    idempotency_key: str | None = Field(
        default=None,
        alias="Idempotency-Key",
        min_length=1,
        max_length=128,
        description="Repeat a trigger safely: for 24 hours the same key and body answer with the same job",
    )


class JobsQuery(Input):
    """Which jobs to list."""

    model_config = ConfigDict(strict=False)

    status: JobStatus = _left_out("Only jobs of this status")
    category: Category = _left_out("Only jobs of this category; those of this API are `sync`")
    limit: Annotated[int, BeforeValidator(_whole_number)] = Field(
        default=20, ge=1, le=PAGE_MAXIMUM, description="Jobs a page"
    )
    cursor: str = _left_out("`meta.nextCursor` of the page before", min_length=1, max_length=1024)


class FieldMapping(Output):
    """Which field of an entity goes to which field of the external record."""

    source: str = Field(description="Path in WISEROWS", examples=["fields.title"])
    target: str = Field(description="Path in the service", examples=["slug.current"])
    transform: Transform | None


class StatusReason(Output):
    """Why an integration has its status."""

    code: str = Field(examples=["credentials_refused"])
    message: str
    at: Time


class Integration(Output):
    """One project connected to one external service."""

    id: str = Field(examples=["int_demo_sanity"])
    type: str = Field(examples=["sanity", "google_search_console", "posthog", "loops"])
    name: str = Field(examples=["Production site"])
    status: IntegrationStatus
    last_sync_at: Time | None = Field(description="End of the last successful sync; null if there was none")


class IntegrationDetail(Integration):
    """An integration with its configuration; credentials are never shown."""

    config: dict[str, Any] = Field(examples=[{"projectId": "zx3vzmn1", "dataset": "production"}])
    field_mappings: list[FieldMapping]
    status_reason: StatusReason | None
    schedule: dict[str, Any] | None
    version: int = Field(description="Counts changes; what `If-Match` compares")
    credentials_set: bool
    created_at: Time
    updated_at: Time


class Progress(Output):
    """Records known so far, and what became of them; unchanged ones count as completed."""

    total: int
    completed: int
    failed: int


class Job(Output):
    """A run of some work; `completedAt` is null while it runs."""

    id: str = Field(examples=["01KB1X6Y0GQ8Z4W3V2T1S0R9PN"])
    name: str = Field(examples=["Push to Production site"])
    type: str = Field(examples=["integration_push", "integration_pull"])
    category: Category
    status: JobStatus
    progress: Progress
    created_at: Time
    completed_at: Time | None


class LogEntry(Output):
    """A line of a job's log."""

    timestamp: Time
    level: LogLevel
    message: str


class JobDetail(Job):
    """A job with the newest 200 entries of its log, oldest first."""

    logs: list[LogEntry]


class JobReference(Output):
    """The job that does the work."""

    job_id: str = Field(examples=["01KB1X6Y0GQ8Z4W3V2T1S0R9PN"])


class Connection(Output):
    """What one authenticated call to the service found; `latencyMs` is its round trip, or the time until it failed."""

    connected: bool
    latency_ms: int = Field(ge=0, examples=[184])
