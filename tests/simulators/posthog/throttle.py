"""Requests per minute and per hour, counted by arrival in sliding windows; and queries under way at once."""

import math
import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.simulators.posthog.errors import Refused, throttled


@dataclass(frozen=True, slots=True)
class Window:
    """At most `limit` requests in any `seconds`."""

    limit: int
    seconds: float


class SlidingWindows:
    """Counts what was let through, per scope; what was refused doesn't count (as Django REST framework does)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._arrivals: dict[str, list[float]] = {}
        self._under_way: dict[str, int] = {}

    def admit(self, scope: str, windows: Sequence[Window], now: float) -> dict[str, str]:
        """Takes a place and returns `X-RateLimit-*` headers of the first window. Raises `Refused` (429)."""
        with self._lock:
            arrivals = self._arrivals.setdefault(scope, [])
            del arrivals[: bisect_right(arrivals, now - max(window.seconds for window in windows))]
            waits = [_wait(arrivals, window, now) for window in windows]
            if max(waits) > 0:
                raise Refused(throttled(math.ceil(max(waits)), _headers(arrivals, windows[0], now)))
            arrivals.append(now)
            return _headers(arrivals, windows[0], now)

    @contextmanager
    def under_way(self, scope: str, limit: int) -> Iterator[None]:
        """Counts one query while it lasts. Raises `Refused` (429) when `limit` are under way."""
        with self._lock:
            if self._under_way.get(scope, 0) >= limit:
                raise Refused(throttled(1))
            self._under_way[scope] = self._under_way.get(scope, 0) + 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way[scope] -= 1

    def clear(self) -> None:
        """Forgets every arrival."""
        with self._lock:
            self._arrivals.clear()


def _wait(arrivals: list[float], window: Window, now: float) -> float:
    if window.limit <= 0:
        return window.seconds
    recent = len(arrivals) - bisect_right(arrivals, now - window.seconds)
    return arrivals[-window.limit] + window.seconds - now if recent >= window.limit else 0.0


def _headers(arrivals: list[float], window: Window, now: float) -> dict[str, str]:
    first = bisect_right(arrivals, now - window.seconds)
    remaining = max(window.limit - (len(arrivals) - first), 0)
    reset = arrivals[first] + window.seconds - now if first < len(arrivals) else window.seconds
    return {
        "x-ratelimit-limit": str(window.limit),
        "x-ratelimit-remaining": str(remaining),
        "x-ratelimit-reset": str(math.ceil(reset)),
    }
