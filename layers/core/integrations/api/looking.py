"""Looks at a service through an integration: what a sync would do, which fields there are. Nothing is changed."""

from typing import TYPE_CHECKING, Any, Protocol

from integrations.api.views import field_view, preview_view
from integrations.domain.errors import RetryLater, ServiceError, Unavailable

if TYPE_CHECKING:
    from integrations.api.requests import PreviewRequest
    from integrations.domain.integration import Integration
    from integrations.sync.ports import Connect
    from integrations.sync.previewing import PreviewPorts


class ConnectServices(Protocol):
    """What listing fields needs."""

    @property
    def connect(self) -> "Connect":
        """The way to the service."""


def preview_answer(integration: "Integration", request: "PreviewRequest", ports: "PreviewPorts") -> dict[str, Any]:
    """One entry for each entity; where the service refuses us, a sync of any of them would fail for that. Raises what
    a sync would be refused with, and `Unavailable` where the service doesn't answer."""
    from integrations.providers.registry import spec_for
    from integrations.sync.preview import Preview
    from integrations.sync.previewing import preview_sync
    from integrations.sync.request import require_readiness, require_support

    require_support(integration, spec_for(integration.type), request.direction, is_narrowed=True)
    require_readiness(integration)
    try:
        previews = preview_sync(integration, request.direction, request.entity_ids, ports)
    except RetryLater as error:
        raise Unavailable(error.message) from error
    except ServiceError as error:
        reason = f"{error.message} ({error.code})"
        previews = [Preview(entity_id, None, "fail", reason=reason) for entity_id in request.entity_ids]
    return {"data": [preview_view(preview) for preview in previews]}


def fields_answer(integration: "Integration", services: ConnectServices) -> dict[str, Any]:
    """The service's fields; none where it can't list them, and none with a diagnosis where it refuses us. Raises
    `CredentialsMissing`, and `Unavailable` where the service doesn't answer."""
    from integrations.sync.fields import list_fields
    from integrations.sync.request import require_credentials

    require_credentials(integration)
    try:
        fields = list_fields(integration, services.connect)
    except RetryLater as error:
        raise Unavailable(error.message) from error
    except ServiceError as error:
        diagnosis = {"code": error.code, "message": error.message, "suggestions": ["Test the connection."]}
        return {"data": [], "meta": {"diagnosis": diagnosis}}
    return {"data": [field_view(field) for field in fields]}
