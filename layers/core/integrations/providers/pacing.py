"""Keeping a service's documented rate: used fully, never exceeded."""

import threading
from bisect import insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from integrations.domain.errors import RateLimited


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `calls` in any `window_seconds`; `name` tells the limits of one credential apart."""

    name: str
    calls: int
    window_seconds: float


class Pacer(Protocol):
    """The limiter of one credential, shared by all who use it."""

    def wait_for_turn(self, limits: Sequence[RateLimit], wait_seconds_maximum: float) -> None:
        """Returns when a call that counts against all of `limits` may be sent. Raises `RateLimited`, taking no turn,
        when that would be later than `wait_seconds_maximum`."""

    def hold_off(self, limits: Sequence[RateLimit], seconds: float) -> None:
        """Lets no call that counts against one of `limits` pass for the next `seconds`: the service said so."""

    def learn(self, limit: RateLimit, *, calls: int | None, remaining: int | None) -> None:
        """What the service's own headers say: how many calls the limit really allows, how many are left of it now."""


@dataclass(slots=True)
class _Window:
    turns: list[float] = field(default_factory=list)
    closed_until: float = float("-inf")


class SlidingWindowPacer:
    """A pacer within one process.

    `margin_seconds` widens the window a little: calls that leave evenly may arrive closer together.
    `clock` is monotonic, in seconds.
    """

    def __init__(
        self, clock: Callable[[], float], sleep: Callable[[float], None], margin_seconds: float = 0.05
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._margin_seconds = margin_seconds
        self._windows: dict[str, _Window] = {}
        self._lock = threading.Lock()

    def wait_for_turn(self, limits: Sequence[RateLimit], wait_seconds_maximum: float) -> None:
        """Takes the earliest turn that all limits leave, and sleeps until then."""
        with self._lock:
            now = self._clock()
            turn = max([now, *(self._earliest(limit) for limit in limits)])
            if turn - now > wait_seconds_maximum:
                message = f"the next call within the service's rate is possible in {turn - now:.1f} s"
                raise RateLimited(message, retry_after_seconds=turn - now)
            for limit in limits:
                self._take(limit, turn)
        if turn > now:
            self._sleep(turn - now)

    def hold_off(self, limits: Sequence[RateLimit], seconds: float) -> None:
        """Closes the windows; a later end than this one stays."""
        with self._lock:
            until = self._clock() + seconds
            for limit in limits:
                window = self._window(limit)
                window.closed_until = max(window.closed_until, until)

    def learn(self, limit: RateLimit, *, calls: int | None, remaining: int | None) -> None:
        """Where nothing remains, a call may follow only once one of this process's own has left the window: others
        use the same quota."""
        if remaining is None or remaining > 0:
            return
        with self._lock:
            window, now = self._window(limit), self._clock()
            recent = [turn for turn in window.turns if turn > now - limit.window_seconds]
            until = (recent[0] if recent else now) + limit.window_seconds + self._margin_seconds
            window.closed_until = max(window.closed_until, until)

    def _earliest(self, limit: RateLimit) -> float:
        window = self._window(limit)
        if len(window.turns) < limit.calls:
            return window.closed_until
        return max(window.closed_until, window.turns[-limit.calls] + limit.window_seconds + self._margin_seconds)

    def _take(self, limit: RateLimit, turn: float) -> None:
        # In order of time: a call under fewer limits may get an earlier turn than one already promised.
        turns = self._window(limit).turns
        insort(turns, turn)
        del turns[: -limit.calls]

    def _window(self, limit: RateLimit) -> _Window:
        return self._windows.setdefault(limit.name, _Window())
