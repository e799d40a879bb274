"""From the product's values to what clients see of them."""

from collections.abc import Sequence

from integrations.api import models
from integrations.domain.integration import Integration
from integrations.domain.job import Job, LogEntry


def integration_view(integration: Integration) -> models.Integration:
    """The five fields of the list."""
    return models.Integration(
        id=integration.id,
        type=integration.type,
        name=integration.name,
        status=integration.status,
        last_sync_at=integration.last_sync_at,
    )


def integration_detail_view(integration: Integration) -> models.IntegrationDetail:
    """All that is configured, which a credential is no part of."""
    reason = integration.status_reason
    return models.IntegrationDetail(
        id=integration.id,
        type=integration.type,
        name=integration.name,
        status=integration.status,
        last_sync_at=integration.last_sync_at,
        config=dict(integration.config),
        field_mappings=[
            models.FieldMapping(source=mapping.source, target=mapping.target, transform=mapping.transform)
            for mapping in integration.field_mappings
        ],
        status_reason=reason and models.StatusReason(code=reason.code, message=reason.message, at=reason.at),
        schedule=None if integration.schedule is None else dict(integration.schedule),
        version=integration.version,
        credentials_set=integration.credentials_set,
        created_at=integration.created_at,
        updated_at=integration.updated_at,
    )


def job_view(job: Job) -> models.Job:
    """A job as the list shows it."""
    return models.Job(
        id=job.id,
        name=job.name,
        type=job.type,
        category=job.category,
        status=job.status,
        progress=_progress_view(job),
        created_at=job.created_at,
        completed_at=job.completed_at,
    )


def job_detail_view(job: Job, logs: Sequence[LogEntry]) -> models.JobDetail:
    """A job with those entries of its log that are shown."""
    return models.JobDetail(
        **job_view(job).model_dump(by_alias=False),
        logs=[models.LogEntry(timestamp=log.timestamp, level=log.level, message=log.message) for log in logs],
    )


def _progress_view(job: Job) -> models.Progress:
    progress = job.progress
    return models.Progress(total=progress.total, completed=progress.completed, failed=progress.failed)
