"""API keys: who calls, for which projects, at which level."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["read", "write", "admin"]
Plan = Literal["free", "pro", "team", "enterprise"]
LEVELS: tuple[Level, ...] = ("read", "write", "admin")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret: `id` is the SHA-256 of the key, in hex."""

    id: str
    level: Level
    project_ids: tuple[str, ...]
    plan: Plan
    revoked: bool = False


def level_suffices(held: str, needed: Level) -> bool:
    """Each level includes the ones below it."""
    return held in LEVELS and LEVELS.index(held) >= LEVELS.index(needed)
