"""Integrations as they are stored. Configuration is JSON text; the ciphertexts on the same item are never read here."""

import json
from dataclasses import asdict
from typing import Any

from integrations.domain.field_mapping import FieldMapping
from integrations.domain.integration import Integration, StatusReason
from integrations.storage import keys
from integrations.storage.attributes import Item

ATTRIBUTES = (
    "pk",
    "sk",
    "type",
    "name",
    "status",
    "statusReason",
    "config",
    "fieldMappings",
    "schedule",
    "resumesAs",
    "version",
    "mappingVersion",
    "credentialsSet",
    "credentialsVersion",
    "lastSyncAt",
    "createdAt",
    "updatedAt",
)
"""All but the ciphertexts: nothing that reads integrations is ever handed those."""


def integration_to_item(integration: Integration) -> dict[str, Any]:
    """The item."""
    item: dict[str, Any] = {
        **keys.integration(integration.project_id, integration.id),
        "type": integration.type,
        "name": integration.name,
        "status": integration.status,
        "config": _text(dict(integration.config)),
        "fieldMappings": _text([asdict(mapping) for mapping in integration.field_mappings]),
        "version": integration.version,
        "mappingVersion": integration.mapping_version,
        "credentialsSet": integration.credentials_set,
        "credentialsVersion": integration.credentials_version,
        "createdAt": integration.created_at,
        "updatedAt": integration.updated_at,
    }
    if integration.schedule is not None:
        item["schedule"] = _text(dict(integration.schedule))
    if integration.status_reason is not None:
        item["statusReason"] = asdict(integration.status_reason)
    if integration.last_sync_at is not None:
        item["lastSyncAt"] = integration.last_sync_at
    if integration.resumes_as is not None:
        item["resumesAs"] = integration.resumes_as
    return item


def integration_from_item(item: Item) -> Integration:
    """The integration."""
    return Integration(
        project_id=item["pk"].removeprefix("PROJECT#"),
        id=item["sk"].removeprefix(keys.INTEGRATION_PREFIX),
        type=item["type"],
        name=item["name"],
        status=item["status"],
        config=json.loads(item["config"]),
        field_mappings=tuple(FieldMapping(**mapping) for mapping in json.loads(item["fieldMappings"])),
        created_at=item["createdAt"],
        updated_at=item["updatedAt"],
        version=item["version"],
        mapping_version=item["mappingVersion"],
        credentials_set=item["credentialsSet"],
        credentials_version=item["credentialsVersion"],
        last_sync_at=item.get("lastSyncAt"),
        status_reason=StatusReason(**item["statusReason"]) if "statusReason" in item else None,
        schedule=json.loads(item["schedule"]) if "schedule" in item else None,
        resumes_as=item.get("resumesAs"),
    )


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
