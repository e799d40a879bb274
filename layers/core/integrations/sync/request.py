"""A caller asks for a sync: what is asked is completed, checked, stored as a job, and a worker is woken."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from integrations.domain.errors import (
    CredentialsMissing,
    DirectionNotSupported,
    EntityIdsNotSupported,
    IntegrationInactive,
)
from integrations.domain.job import Direction, Job, Mode
from integrations.domain.ulid import new_ulid
from integrations.sync.waking import woken

if TYPE_CHECKING:
    from integrations.domain.integration import Integration
    from integrations.domain.line import IdempotencyKey
    from integrations.sync.ports import JobIntake, WakeUps


class Service(Protocol):
    """What is known of a service without calling it."""

    @property
    def label(self) -> str:
        """Its name for people."""

    def directions_for(self, config: Mapping[str, Any]) -> Collection[Direction]:
        """Those that an integration with this configuration has."""

    @property
    def default_direction(self) -> Direction:
        """The one meant when nobody says."""

    def entity_ids_supported(self, direction: Direction, config: Mapping[str, Any]) -> bool:
        """Whether a sync of that direction can be narrowed to entities."""


@dataclass(frozen=True, slots=True)
class SyncOrder:
    """What a caller asks for; None is left to the service and the direction. `entity_ids` are distinct."""

    direction: Direction | None = None
    mode: Mode | None = None
    entity_ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class SyncAccepted:
    """The job that will do the work. It runs even if nobody could be `woken`: the recovery finds it."""

    job_id: str
    woken: bool


def request_sync(
    integration: "Integration",
    service: Service,
    order: SyncOrder,
    idempotency_key: "IdempotencyKey | None",
    *,
    intake: "JobIntake",
    wake_ups: "WakeUps",
    now: int,
    randomness: bytes,
) -> SyncAccepted:
    """Stores a job at the end of the integration's line, or finds the one that does the same, and wakes a worker.

    `now` is Unix milliseconds, `randomness` 10 bytes. Raises `DirectionNotSupported`, `EntityIdsNotSupported`,
    `IdempotencyKeyReused`, `IntegrationInactive`, `CredentialsMissing`; `Unavailable` if the job could not be stored.
    """
    direction = order.direction or _usual_direction(service, integration)
    require_support(integration, service, direction, is_narrowed=order.entity_ids is not None)
    if idempotency_key is not None:
        replayed_id = intake.replayed(integration.project_id, integration.id, idempotency_key, now)
        if replayed_id is not None:
            return SyncAccepted(replayed_id, woken=True)
    require_readiness(integration)
    job = Job(
        id=new_ulid(now, randomness),
        project_id=integration.project_id,
        integration_id=integration.id,
        name=f"Push to {integration.name}" if direction == "push" else f"Pull from {integration.name}",
        direction=direction,
        mode=order.mode or ("full" if direction == "push" else "incremental"),
        created_at=now,
        entity_ids=order.entity_ids,
    )
    job_id = intake.submit(job, idempotency_key, now)
    return SyncAccepted(job_id, woken(wake_ups, integration.project_id, integration.id))


def _usual_direction(service: Service, integration: "Integration") -> Direction:
    """The service's, or the only one that this integration has."""
    directions = service.directions_for(integration.config)
    return service.default_direction if service.default_direction in directions else next(iter(directions))


def require_support(integration: "Integration", service: Service, direction: Direction, *, is_narrowed: bool) -> None:
    """Raises `DirectionNotSupported`, and `EntityIdsNotSupported` for one that can't be narrowed to entities."""
    directions = service.directions_for(integration.config)
    if direction not in directions:
        message = f"{service.label} has no {direction}; it supports {' and '.join(sorted(directions))}"
        raise DirectionNotSupported(message)
    if is_narrowed and not service.entity_ids_supported(direction, integration.config):
        message = f"a {direction} with {service.label} cannot be narrowed to entities; leave entityIds out"
        raise EntityIdsNotSupported(message)


def require_readiness(integration: "Integration") -> None:
    """Raises `IntegrationInactive`, `CredentialsMissing`."""
    if integration.status == "inactive":
        message = f"the integration {integration.name!r} is inactive; an admin has to set its status to active first"
        raise IntegrationInactive(message)
    require_credentials(integration)


def require_credentials(integration: "Integration") -> None:
    """Raises `CredentialsMissing`."""
    if not integration.credentials_set:
        message = f"the integration {integration.name!r} has no credentials; add them in Settings > Integrations"
        raise CredentialsMissing(message)
