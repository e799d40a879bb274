"""Ten requests in any one second, for the team as a whole, counted by arrival (PROVIDERS 4.1)."""

import threading
from bisect import bisect_right, insort

FORGOTTEN_AFTER_SECONDS = 60.0


class TeamRate:
    """Counts the arrivals of the second before each arrival; all API keys of the team share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._arrivals: list[float] = []

    def arrive(self, at: float, limit: int, *, refused_count: bool) -> int:
        """Takes a place and returns how many are left; -1 if there was none. `at` is the arrival in Unix seconds.

        A request that is handled late, because it was held up, still counts in the second in which it came.
        """
        with self._lock:
            left = limit - (bisect_right(self._arrivals, at) - bisect_right(self._arrivals, at - 1.0)) - 1
            if left >= 0 or refused_count:
                insort(self._arrivals, at)
            del self._arrivals[: bisect_right(self._arrivals, at - FORGOTTEN_AFTER_SECONDS)]
            return max(left, -1)

    def clear(self) -> None:
        """Forgets every arrival."""
        with self._lock:
            self._arrivals.clear()
