"""Calls that manage integrations, in the words of `integrations.management`."""

from typing import TYPE_CHECKING, Any, Protocol, cast

from integrations.api.log import log
from integrations.api.views import integration_detail_view
from integrations.domain.errors import VersionRequired
from integrations.domain.field_mapping import FieldMapping
from integrations.management.author import Author
from integrations.management.changing import change_integration
from integrations.management.creating import create_integration
from integrations.management.credentials import put_credentials
from integrations.management.deleting import delete_integration
from integrations.management.parts import require_valid
from integrations.providers.registry import spec_for

if TYPE_CHECKING:
    from integrations.api.call import ApiCall
    from integrations.api.integration_requests import (
        CreateIntegration,
        Credentials,
        UpdateIntegration,
        VersionHeaders,
    )
    from integrations.domain.integration import Integration
    from integrations.management.parts import Parts
    from integrations.management.ports import ManagedIntegrations, Vault
    from integrations.sync.cancel import Cancellations
    from integrations.sync.ports import WakeUps


class DeploymentSettings(Protocol):
    """What the deployment says of services' addresses."""

    @property
    def allowed_addresses(self) -> tuple[str, ...]:
        """`host:port` that it adds to the services' own."""


class Moment(Protocol):
    """What makes each call different."""

    def now(self) -> int:
        """Unix milliseconds."""

    def randomness(self) -> bytes:
        """10 bytes."""


class ManagementServices(Moment, Protocol):
    """What managing integrations needs."""

    @property
    def settings(self) -> DeploymentSettings:
        """What this function is told."""

    @property
    def management(self) -> "ManagedIntegrations":
        """The integrations."""

    @property
    def vault(self) -> "Vault":
        """What seals credentials."""


class DeletionServices(Moment, Protocol):
    """What deleting an integration needs."""

    @property
    def management(self) -> "ManagedIntegrations":
        """The integrations."""

    @property
    def cancellations(self) -> "Cancellations":
        """What takes jobs out of their lines."""

    @property
    def wake_ups(self) -> "WakeUps":
        """The queue."""


def created_answer(call: "ApiCall", request: "CreateIntegration", services: ManagementServices) -> dict[str, Any]:
    """The new integration."""
    created = create_integration(
        call.project_id,
        spec_for(request.type),
        _parts(request),
        services.settings.allowed_addresses,
        services.management,
        author_of(call, services),
    )
    return {"data": integration_detail_view(created)}


def updated_answer(
    call: "ApiCall",
    integration: "Integration",
    request: "UpdateIntegration",
    headers: "VersionHeaders",
    services: ManagementServices,
) -> dict[str, Any]:
    """The integration after the change. What is wrong with the change comes before what it was made from."""
    spec, parts = spec_for(integration.type), _parts(request)
    config = parts.get("config", integration.config)
    require_valid(spec, parts, config, services.settings.allowed_addresses)
    versions = headers.versions()
    if versions is None:
        message = "say in If-Match which version the change was made from; `version` of the integration is that"
        raise VersionRequired(message)
    author = author_of(call, services)
    return {
        "data": integration_detail_view(
            change_integration(integration, spec, parts, versions, services.management, author)
        )
    }


def keep_credentials(
    call: "ApiCall", integration: "Integration", request: "Credentials", services: ManagementServices
) -> None:
    """Seals them. Nothing of them is answered or logged, whatever is wrong with them."""
    spec, given = spec_for(integration.type), request.model_extra or {}
    listed, author = services.settings.allowed_addresses, author_of(call, services)
    put_credentials(integration, spec, given, listed, services.management, services.vault, author)


def forget_integration(call: "ApiCall", integration: "Integration", services: DeletionServices) -> None:
    """It is not found from now on; what it left behind goes later."""
    author, cancellations = author_of(call, services), services.cancellations
    if not delete_integration(integration, services.management, cancellations, services.wake_ups, author):
        log().warning("the queue can't be reached; the recovery will wake the line", integration_id=integration.id)


def author_of(call: "ApiCall", services: Moment) -> Author:
    """The caller, now."""
    return Author(call.caller.key_id, services.now(), services.randomness())


def _parts(request: "CreateIntegration | UpdateIntegration") -> "Parts":
    """What was given, and nothing of what was left out."""
    given: dict[str, Any] = request.model_dump(exclude_unset=True, exclude={"type", "field_mappings"})
    if "field_mappings" in request.model_fields_set:
        given["field_mappings"] = tuple(
            FieldMapping(each.source, each.target, each.transform) for each in request.field_mappings
        )
    return cast("Parts", given)
