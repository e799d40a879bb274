"""Who changed what of an integration, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

AuditAction = Literal["create", "update", "delete", "put_credentials"]
AUDIT_RETENTION_DAYS = 90


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One management call. `id` is a ULID, `at` Unix milliseconds, `key_id` the SHA-256 of the API key in hex;
    `changed` names fields (`name`, `config.dataset`, `credentials.token`) and never holds a value."""

    id: str
    at: int
    key_id: str
    action: AuditAction
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Entries, newest first; `next_before_id` asks for the ones after them, None on the last page."""

    entries: Sequence[AuditEntry]
    next_before_id: str | None
