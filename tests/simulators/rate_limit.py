"""Requests a client may make in any one second, counted by arrival."""

import threading
from collections import deque


class SlidingSecond:
    """Counts what was let through in the last second, per client; what was refused doesn't count."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._arrivals: dict[str, deque[float]] = {}

    def seconds_until_free(self, client: str, limit: int, now: float) -> float:
        """Takes a place and returns 0.0, or returns the seconds after which a place is free. `now` is monotonic."""
        with self._lock:
            arrivals = self._arrivals.setdefault(client, deque())
            while arrivals and now - arrivals[0] >= 1.0:
                arrivals.popleft()
            if len(arrivals) >= limit:
                return max(arrivals[-limit] + 1.0 - now, 0.001) if limit else 1.0
            arrivals.append(now)
            return 0.0

    def clear(self) -> None:
        """Forgets every arrival."""
        with self._lock:
            self._arrivals.clear()
