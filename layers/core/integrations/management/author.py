"""Who manages, and when: what every audit entry begins with."""

from collections.abc import Iterable
from dataclasses import dataclass

from integrations.domain.audit import AuditAction, AuditEntry
from integrations.domain.ulid import new_ulid


@dataclass(frozen=True, slots=True)
class Author:
    """An admin's API key by its SHA-256 in hex, the time in Unix milliseconds, and 10 random bytes for ids."""

    key_id: str
    now: int
    randomness: bytes

    def new_id(self) -> str:
        """A ULID of now."""
        return new_ulid(self.now, self.randomness)

    def entry(self, action: AuditAction, changed: Iterable[str]) -> AuditEntry:
        """The audit entry of a call; `changed` are names of fields."""
        return AuditEntry(self.new_id(), self.now, self.key_id, action, tuple(changed))
