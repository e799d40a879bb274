"""The service's clock: real, unless a test freezes it or moves it."""

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


class AdjustableClock:
    """Gives the time a simulated service believes in. Rate limits and the request log keep to the real clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._offset_seconds = 0.0
        self._frozen_at: float | None = None

    def now(self) -> datetime:
        """The service's time, in UTC."""
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def timestamp(self) -> float:
        """The service's time in Unix seconds."""
        with self._lock:
            return self._timestamp()

    def adjust(self, change: Mapping[str, Any]) -> None:
        """Applies `{"real": true}`, or `now` (ISO text), `advanceSeconds` and `frozen` in any combination."""
        unknown = set(change) - {"real", "now", "advanceSeconds", "frozen"}
        if unknown or not change:
            message = f"the clock takes real, now, advanceSeconds and frozen; got {sorted(change)}"
            raise ValueError(message)
        with self._lock:
            self._adjust(change)

    def describe(self) -> dict[str, Any]:
        """The time and whether it stands still."""
        return {"now": self.now().isoformat().replace("+00:00", "Z"), "frozen": self._frozen_at is not None}

    def _timestamp(self) -> float:
        return time.time() + self._offset_seconds if self._frozen_at is None else self._frozen_at

    def _adjust(self, change: Mapping[str, Any]) -> None:
        if change.get("real"):
            self._offset_seconds, self._frozen_at = 0.0, None
            return
        moment = self._timestamp()
        if "now" in change:
            moment = datetime.fromisoformat(change["now"]).timestamp()
        moment += change.get("advanceSeconds", 0)
        frozen = change.get("frozen", self._frozen_at is not None)
        self._offset_seconds = moment - time.time()
        self._frozen_at = moment if frozen else None
