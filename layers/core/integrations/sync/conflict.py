"""What the user is told when both sides changed."""

from collections.abc import Iterable
from datetime import UTC, datetime

from integrations.domain.entity import Entity
from integrations.domain.errors import RecordRejected


def conflict_error(targets: Iterable[str], entity: Entity, remote_time: str | None) -> RecordRejected:
    """Names the targets that were left alone, and when either side was last changed."""
    ours = datetime.fromtimestamp(entity.updated_at / 1_000, UTC).isoformat(timespec="milliseconds")
    message = (
        f"changed on both sides: {', '.join(sorted(targets))}. "
        f"Here at {ours}, in the service at {remote_time or 'an unknown time'}. "
        "Make both equal, undo one, or run a resync in the direction that should win"
    )
    return RecordRejected(message, code="conflict")
