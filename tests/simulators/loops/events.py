"""Events that were sent, and the idempotency keys they used up (PROVIDERS 4.2, 4.3)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulators.loops.errors import refused
from tests.simulators.loops.properties import kind_of, stored_value
from tests.simulators.loops.switches import LoopsSwitches

KEY_CHARACTERS = 100
EVENT_KEYS = frozenset({"eventName", "eventProperties"})
REUSED = "Idempotency key already used with a different request body."


@dataclass(frozen=True, slots=True)
class UsedKey:
    """When a key was used, in the service's Unix seconds, and with which body."""

    at: float
    digest: str


class IdempotencyKeys:
    """Keys of the last 24 hours. Not locked: callers hold the audience's lock."""

    def __init__(self) -> None:
        self._used: dict[str, UsedKey] = {}

    def is_replay(self, key: str, body: bytes, now: float, switches: LoopsSwitches) -> bool:
        """Whether the same body came with the key and that answers as the first time. Raises `Refused`: 400, 409."""
        if len(key) > KEY_CHARACTERS:
            raise refused(400, f"Idempotency-Key must be at most {KEY_CHARACTERS} characters.")
        used = self._used.get(key)
        if used is None or now - used.at >= switches.idempotency_seconds:
            return False
        if switches.same_body_replay == "success" and used.digest == _digest(body):
            return True
        raise refused(409, REUSED)

    def use(self, key: str, body: bytes, now: float) -> None:
        """Remembers a key."""
        self._used[key] = UsedKey(now, _digest(body))

    def export(self) -> dict[str, list[Any]]:
        """The keys as JSON."""
        return {key: [used.at, used.digest] for key, used in self._used.items()}

    def load(self, keys: Mapping[str, Any]) -> None:
        """Takes up what `export` gave."""
        self._used = {key: UsedKey(*used) for key, used in keys.items()}


def read_event(body: Mapping[str, Any], switches: LoopsSwitches) -> dict[str, Any]:
    """The event's name and properties. Raises `Refused` with 400."""
    name, properties = body.get("eventName"), body.get("eventProperties")
    if not isinstance(name, str) or not name:
        raise refused(400, "eventName is required.")
    stored_value("eventName", name, "string", switches)
    if properties is not None and not isinstance(properties, dict):
        raise refused(400, "eventProperties must be an object.")
    kept = {key: stored_value(key, value, kind_of(value), switches) for key, value in (properties or {}).items()}
    return {"eventName": name, "eventProperties": kept}


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
