"""API keys: who calls, for which projects, at which level."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["read", "write", "admin"]
Plan = Literal["free", "pro", "team", "enterprise"]
LEVELS: tuple[Level, ...] = ("read", "write", "admin")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret: `id` is the SHA-256 of the key, in hex. Times are Unix milliseconds; `revoked_at` may
    lie ahead, while a new key takes its place."""

    id: str
    level: Level
    project_ids: tuple[str, ...]
    plan: Plan
    revoked_at: int | None = None
    created_at: int = 0

    def is_revoked(self, now: int) -> bool:
        """Whether it opens nothing any more."""
        return self.revoked_at is not None and self.revoked_at <= now


def level_suffices(held: str, needed: Level) -> bool:
    """Each level includes the ones below it."""
    return held in LEVELS and LEVELS.index(held) >= LEVELS.index(needed)
