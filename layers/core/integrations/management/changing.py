"""A change of what is configured: made from a version that the admin has seen, in one conditional write."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from integrations.domain.errors import IntegrationNotFound, Unavailable, ValidationFailed, VersionConflict
from integrations.domain.integration import ADDRESS_CHANGED, Integration, StatusReason

if TYPE_CHECKING:
    from integrations.management.author import Author
    from integrations.management.parts import Parts
    from integrations.management.ports import ManagedIntegrations
    from integrations.providers.spec import ProviderSpec

ATTEMPTS_MAXIMUM = 6
KEYS_WITHOUT_MEMORY = frozenset({"autoPush", "onArchive", "onConflict"})
"""Of a configuration: what they say doesn't change what is exchanged, so incremental runs may go on."""


def change_integration(
    integration: Integration,
    spec: "ProviderSpec[Any, Any]",
    parts: "Parts",
    versions: frozenset[int],
    integrations: "ManagedIntegrations",
    author: "Author",
) -> Integration:
    """The integration with the valid `parts` changed; what it was before if nothing differs. `versions` are those that
    the change may be made from. Raises `VersionConflict`, `IntegrationNotFound`."""
    for _ in range(ATTEMPTS_MAXIMUM):
        if integration.version not in versions:
            message = f"the integration is at version {integration.version} by now; read it again and repeat the change"
            raise VersionConflict(message)
        after = revised(integration, spec, parts, author.now)
        if after == integration:
            return integration
        if integrations.change(integration, after, author.entry("update", changed_fields(integration, after))):
            return after
        integration = found_again(integrations, integration)
    raise Unavailable(f"the integration changed at each of {ATTEMPTS_MAXIMUM} attempts to change it; try again")


def found_again(integrations: "ManagedIntegrations", integration: Integration) -> Integration:
    """The integration as it is by now. Raises `IntegrationNotFound`."""
    found = integrations.find(integration.project_id, integration.id)
    if found is None:
        raise IntegrationNotFound(f"the integration {integration.id!r} was deleted meanwhile")
    return found


def revised(integration: Integration, spec: "ProviderSpec[Any, Any]", parts: "Parts", now: int) -> Integration:
    """The integration after the change; equal if nothing differs. Pure."""
    given: dict[str, Any] = {name: value for name, value in parts.items() if name != "status"}
    after = replace(integration, **given)
    if integration.credentials_set and _addresses(spec, after.config) != _addresses(spec, integration.config):
        after = _without_credentials(after, now)
    if "status" in parts:
        after = _switched_on(after) if parts["status"] == "active" else _switched_off(after)
    if after == integration:
        return integration
    moved = _exchanged(after) != _exchanged(integration)
    version, mapping_version = integration.version + 1, integration.mapping_version + moved
    return replace(after, version=version, mapping_version=mapping_version, updated_at=now)


def changed_fields(before: Integration, after: Integration) -> tuple[str, ...]:
    """The names of what differs, those of a configuration one by one."""
    return tuple(_changed_fields(before, after))


def _changed_fields(before: Integration, after: Integration) -> Iterator[str]:
    for field, name in (("name", "name"), ("field_mappings", "fieldMappings"), ("schedule", "schedule")):
        if getattr(before, field) != getattr(after, field):
            yield name
    for key in sorted({*before.config, *after.config}):
        if (key in before.config, before.config.get(key)) != (key in after.config, after.config.get(key)):
            yield f"config.{key}"
    if before.status != after.status:
        yield "status"
    if before.credentials_set != after.credentials_set:
        yield "credentials"


def _addresses(spec: "ProviderSpec[Any, Any]", config: Mapping[str, Any]) -> frozenset[str]:
    """A stored configuration that the service's rules no longer allow has none: any address differs from that."""
    try:
        return frozenset(spec.addresses(config))
    except ValidationFailed:
        return frozenset()


def _without_credentials(integration: Integration, now: int) -> Integration:
    """Credentials are bound to the addresses they were given for: at another one they would be given away."""
    message = "The address of the service was changed: enter the credentials again in Settings > Integrations."
    reason = StatusReason(ADDRESS_CHANGED, message, now)
    return unproven(replace(with_credentials(integration, are_set=False), status_reason=reason))


def with_credentials(integration: Integration, *, are_set: bool) -> Integration:
    """With other credentials than before, or with none."""
    return replace(integration, credentials_set=are_set, credentials_version=integration.credentials_version + 1)


def unproven(integration: Integration) -> Integration:
    """As it is until its credentials have worked once; an admin's `inactive` stays."""
    if integration.status == "inactive":
        return replace(integration, resumes_as="pending")
    return replace(integration, status="pending")


def _switched_off(integration: Integration) -> Integration:
    if integration.status == "inactive":
        return integration
    resumes_as = "active" if integration.status == "active" else "pending"
    reason = None if integration.credentials_set else integration.status_reason
    return replace(integration, status="inactive", status_reason=reason, resumes_as=resumes_as)  # type: ignore[arg-type]


def _switched_on(integration: Integration) -> Integration:
    """What it was before it was made inactive; only a test or a sync proves credentials."""
    if integration.status != "inactive":
        return integration
    resumed = (integration.resumes_as or "active") if integration.credentials_set else "pending"
    return replace(integration, status=resumed, resumes_as=None)


def _exchanged(integration: Integration) -> tuple[Any, ...]:
    """What decides which values are exchanged."""
    config = {key: value for key, value in integration.config.items() if key not in KEYS_WITHOUT_MEMORY}
    return config, integration.field_mappings, integration.status
