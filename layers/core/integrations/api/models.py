"""What clients get, field by field: the schemas of the OpenAPI document, by which the tests judge every answer.

Times are Unix milliseconds, ids opaque strings, names camelCase. Calls of the API don't load this: answers are made by
`api.views`, and building models would cost each cold start more than the rest of a route.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from integrations.api.requests import Category
from integrations.domain.audit import AuditAction
from integrations.domain.field_mapping import Transform
from integrations.domain.integration import IntegrationStatus
from integrations.domain.job import JobStatus, LogLevel

Time = Annotated[int, Field(description="Unix milliseconds", examples=[1764000000000])]


class Output(BaseModel):
    """What a client gets. Fields may be added: clients ignore those they don't know."""

    model_config = ConfigDict(alias_generator=to_camel, serialize_by_alias=True, strict=True, frozen=True)


class FieldMapping(Output):
    """Which field of an entity goes to which field of the external record."""

    source: str = Field(description="Path in WISEROWS", examples=["fields.title"])
    target: str = Field(description="Path in the service", examples=["slug.current"])
    transform: Transform | None


class StatusReason(Output):
    """Why an integration has its status."""

    code: str = Field(examples=["credentials_refused"])
    message: str = Field(examples=["Sanity refused the token."])
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
    schedule: dict[str, Any] | None = Field(examples=[{"expression": "rate(1 hour)", "direction": "pull"}])
    version: int = Field(description="Counts changes; what `If-Match` compares", examples=[3])
    credentials_set: bool
    created_at: Time
    updated_at: Time


class Progress(Output):
    """Records known so far, and what became of them; unchanged ones count as completed."""

    total: int = Field(examples=[992])
    completed: int = Field(examples=[990])
    failed: int = Field(examples=[2])


class Job(Output):
    """A run of some work; `completedAt` is null while it runs."""

    id: str = Field(examples=["01KB1X6Y0GQ8Z4W3V2T1S0R9PN"])
    name: str = Field(examples=["Push to Production site"])
    type: str = Field(examples=["integration_push", "integration_pull"])
    category: Category = Field(examples=["sync"])
    status: JobStatus = Field(examples=["completed"])
    progress: Progress
    created_at: Time
    completed_at: Time | None


class LogEntry(Output):
    """A line of a job's log."""

    timestamp: Time
    level: LogLevel
    message: str = Field(examples=["Completed: 990 records done, 2 failed"])


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


class FieldChange(Output):
    """A field that would be written: a push's target, a pull's source. null stands for what isn't there, too."""

    field: str = Field(examples=["title"])
    before: Any = Field(examples=["Hello"])
    after: Any = Field(examples=["Hello, world"])


class EntityPreview(Output):
    """What a sync would do to an entity or its record. With `conflict`, the fields in conflict are among the changes,
    and are left alone: `reason` names them."""

    entity_id: str = Field(examples=["article-1"])
    external_id: str | None = Field(
        description="Of the record; null where it would not even get one",
        examples=["e-71cc6f137bec832f55666007f9c5ebfe"],
    )
    action: Literal["create", "update", "delete", "none", "conflict", "fail"] = Field(examples=["update"])
    changes: list[FieldChange]
    reason: str | None = Field(
        default=None,
        description="With `conflict` and `fail`",
        examples=["the entity is archived; restore it to sync it (entity_archived)"],
    )


class ServiceField(Output):
    """A field that mappings can have for a target."""

    path: str = Field(examples=["slug.current"])
    type: Literal["string", "number", "boolean", "date", "object", "array", "unknown"] = Field(examples=["string"])


class AuditEntry(Output):
    """One management call: who changed what, and when. Values are not kept."""

    id: str = Field(examples=["01KB1X6Y0GQ8Z4W3V2T1S0R9PN"])
    at: Time
    key_id: str = Field(
        description="The SHA-256, in hex, of the API key that was used",
        examples=["5ce1a87de9b22f0a55a996fb810c8965358156cdda6f7f0b6fff413492d61d0c"],
    )
    action: AuditAction
    changed: list[str] = Field(description="Names of fields", examples=[["name", "config.dataset"]])
