"""Ids that are the same however often an integration is deleted and made again."""

import hashlib

PUSHED_PREFIX = "e-"
PULLED_PREFIX = "x-"


def external_id_of_entity(project_id: str, entity_id: str) -> str:
    """The id under which an entity of ours is created in a service that lets us choose: `e-` and 32 hex digits."""
    return PUSHED_PREFIX + _digest(project_id, entity_id)


def entity_id_of_record(service: str, address: str, remote_type: str, remote_id: str) -> str:
    """The id of the entity that an unlinked external record becomes: `x-` and 32 hex digits."""
    return PULLED_PREFIX + _digest(service, address, remote_type, remote_id)


def _digest(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]
