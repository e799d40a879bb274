"""From the product's values to what clients see of them, as `api.models` describes it."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from integrations.domain.audit import AuditEntry
    from integrations.domain.integration import Integration
    from integrations.domain.job import Job, LogEntry
    from integrations.providers.contract import ServiceField
    from integrations.sync.preview import Preview

type View = dict[str, Any]


def integration_view(integration: "Integration") -> View:
    """The five fields of the list."""
    return {
        "id": integration.id,
        "type": integration.type,
        "name": integration.name,
        "status": integration.status,
        "lastSyncAt": integration.last_sync_at,
    }


def integration_detail_view(integration: "Integration") -> View:
    """All that is configured, which a credential is no part of."""
    reason = integration.status_reason
    return integration_view(integration) | {
        "config": dict(integration.config),
        "fieldMappings": [asdict(mapping) for mapping in integration.field_mappings],
        "statusReason": reason and asdict(reason),
        "schedule": None if integration.schedule is None else dict(integration.schedule),
        "version": integration.version,
        "credentialsSet": integration.credentials_set,
        "createdAt": integration.created_at,
        "updatedAt": integration.updated_at,
    }


def job_view(job: "Job") -> View:
    """A job as the list shows it."""
    return {
        "id": job.id,
        "name": job.name,
        "type": job.type,
        "category": job.category,
        "status": job.status,
        "progress": asdict(job.progress),
        "createdAt": job.created_at,
        "completedAt": job.completed_at,
    }


def job_detail_view(job: "Job", logs: "Sequence[LogEntry]") -> View:
    """A job with those entries of its log that are shown."""
    shown = [{"timestamp": entry.timestamp, "level": entry.level, "message": entry.message} for entry in logs]
    return job_view(job) | {"logs": shown}


def audit_entry_view(entry: "AuditEntry") -> View:
    """Who changed what, and when."""
    return {
        "id": entry.id,
        "at": entry.at,
        "keyId": entry.key_id,
        "action": entry.action,
        "changed": list(entry.changed),
    }


def preview_view(preview: "Preview") -> View:
    """What would become of an entity; without `reason` where there is nothing to explain."""
    view = {
        "entityId": preview.entity_id,
        "externalId": preview.external_id,
        "action": preview.action,
        "changes": [asdict(change) for change in preview.changes],
    }
    return view if preview.reason is None else view | {"reason": preview.reason}


def field_view(field: "ServiceField") -> View:
    """A field of the service."""
    return {"path": field.path, "type": field.type}
