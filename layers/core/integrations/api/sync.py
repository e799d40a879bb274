"""A trigger of a sync in the engine's words."""

import hashlib
import json
from typing import Protocol

from integrations.api.envelopes import SyncAnswer
from integrations.api.log import log
from integrations.api.models import JobReference, SyncHeaders, SyncRequest
from integrations.domain.integration import Integration
from integrations.domain.line import IdempotencyKey
from integrations.providers.registry import spec_for
from integrations.sync.ports import JobIntake, WakeUps
from integrations.sync.request import SyncOrder, request_sync


class SyncServices(Protocol):
    """What accepting a sync needs."""

    @property
    def intake(self) -> JobIntake:
        """Where new jobs come in."""

    @property
    def wake_ups(self) -> WakeUps:
        """The queue."""

    def now(self) -> int:
        """Unix milliseconds."""

    def randomness(self) -> bytes:
        """10 bytes."""


def sync_answer(
    integration: Integration, request: SyncRequest, headers: SyncHeaders, services: SyncServices
) -> SyncAnswer:
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
    return SyncAnswer(data=JobReference(job_id=accepted.job_id))


def _order(request: SyncRequest) -> SyncOrder:
    ids = None if request.entity_ids is None else tuple(request.entity_ids)
    return SyncOrder(request.direction, request.mode, ids)


def _idempotency_key(request: SyncRequest, headers: SyncHeaders) -> IdempotencyKey | None:
    """The body counts as what it says: not its spaces, the order of its keys, or repeated ids."""
    if headers.idempotency_key is None:
        return None
    said = request.model_dump(mode="json", by_alias=True, exclude_unset=True)
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    return IdempotencyKey(headers.idempotency_key, hashlib.sha256(canonical).hexdigest())
