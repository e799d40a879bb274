"""A trigger of a sync in the engine's words."""

import hashlib
import json
from typing import TYPE_CHECKING, Any, Protocol

from integrations.api.log import log
from integrations.domain.line import IdempotencyKey
from integrations.providers.registry import spec_for
from integrations.sync.request import SyncOrder, request_sync

if TYPE_CHECKING:
    from integrations.api.requests import SyncHeaders, SyncRequest
    from integrations.domain.integration import Integration
    from integrations.sync.ports import JobIntake, WakeUps


class SyncServices(Protocol):
    """What accepting a sync needs."""

    @property
    def intake(self) -> "JobIntake":
        """Where new jobs come in."""

    @property
    def wake_ups(self) -> "WakeUps":
        """The queue."""

    def now(self) -> int:
        """Unix milliseconds."""

    def randomness(self) -> bytes:
        """10 bytes."""


def sync_answer(
    integration: "Integration", request: "SyncRequest", headers: "SyncHeaders", services: SyncServices
) -> dict[str, Any]:
    """Asks for the sync. Once it is stored the answer is good, whether or not a worker could be woken just then."""
    accepted = request_sync(
        integration,
        spec_for(integration.type),
        _order(request),
        _idempotency_key(request, headers),
        intake=services.intake,
        wake_ups=services.wake_ups,
        now=services.now(),
        randomness=services.randomness(),
    )
    if not accepted.woken:
        log().warning("the queue can't be reached; the recovery will wake the job", job_id=accepted.job_id)
    return {"data": {"jobId": accepted.job_id}}


def _order(request: "SyncRequest") -> SyncOrder:
    return SyncOrder(request.direction, request.mode, tuple(request.entity_ids) if request.entity_ids else None)


def _idempotency_key(request: "SyncRequest", headers: "SyncHeaders") -> IdempotencyKey | None:
    """The body counts as what it says: not its spaces, the order of its keys, or repeated ids."""
    if not headers.idempotency_key:
        return None
    said = request.model_dump(mode="json", by_alias=True, exclude_unset=True)
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    return IdempotencyKey(headers.idempotency_key, hashlib.sha256(canonical).hexdigest())
