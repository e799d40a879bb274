"""The envelopes of the answers: `data`, and `meta` where there is more to say; refusals have `error` instead."""

from pydantic import Field

from integrations.api.models import (
    AuditEntry,
    Connection,
    EntityPreview,
    Integration,
    IntegrationDetail,
    Job,
    JobDetail,
    JobReference,
    Output,
    ServiceField,
)


class IntegrationListAnswer(Output):
    """Every integration of the project."""

    data: list[Integration]


class IntegrationAnswer(Output):
    """One integration with its configuration."""

    data: IntegrationDetail


class SyncAnswer(Output):
    """The sync was accepted."""

    data: JobReference


class Diagnosis(Output):
    """What a connection test found, for a person to act on."""

    code: str = Field(examples=["credentials_refused"])
    message: str = Field(examples=["Sanity refused the token. Verify the credentials in Settings > Integrations."])
    suggestions: list[str] = Field(examples=[["Make a new token with a role that may write."]])


class ConnectionMeta(Output):
    """Why the test ended as it did."""

    diagnosis: Diagnosis


class ConnectionAnswer(Output):
    """The outcome of a connection test; without `meta` where there is nothing to explain."""

    data: Connection
    meta: ConnectionMeta | None = None


class PreviewAnswer(Output):
    """One entry for each entity that was asked for, in that order."""

    data: list[EntityPreview]


class FieldsAnswer(Output):
    """The service's fields; none where it can't list them, nor, with `meta`, where it refuses the integration."""

    data: list[ServiceField]
    meta: ConnectionMeta | None = None


class PageMeta(Output):
    """Where the next page begins."""

    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last one",
        examples=["0Vb3vFhjT3hK6e0V1cQ0rTAxS0IxWDZZMEdROFo0VzNWMlQxUzBSOVBO"],
    )


class JobListAnswer(Output):
    """A page of jobs, newest first."""

    data: list[Job]
    meta: PageMeta


class AuditAnswer(Output):
    """A page of management calls, newest first."""

    data: list[AuditEntry]
    meta: PageMeta


class CancelAnswer(Output):
    """The job as it is now: `cancelled`, or still `running` until its worker comes to the next batch."""

    data: Job


class JobMeta(Output):
    """How much of the log isn't shown."""

    logs_omitted: int = Field(ge=0, description="Log entries older than those shown", examples=[0])


class JobAnswer(Output):
    """One job with its log."""

    data: JobDetail
    meta: JobMeta


class ErrorDetail(Output):
    """A field that is wrong, and why."""

    field: str = Field(examples=["entityIds[3]"])
    message: str


class Error(Output):
    """A refusal: branch on `code`, show `message`, give `requestId` to support."""

    code: str
    message: str
    details: list[ErrorDetail] | None = Field(default=None, description="With `validation_failed`: what to correct")
    request_id: str


class ErrorAnswer(Output):
    """The envelope of every refusal, the gateway's own included."""

    error: Error
