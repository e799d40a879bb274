"""One limiter per credential, shared by all workers: turns are reserved in budgets that they all see.

A process reserves up to a second's turns at once by replacing the budget that it saw, on the condition that nobody
replaced it meanwhile. Where the budgets can't be reached, the process keeps to the limit alone.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from integrations.domain.budget import Budget
from integrations.domain.errors import RateLimited, Unavailable
from integrations.providers.grants import Grants
from integrations.providers.pacing import Pacer, RateLimit, SlidingWindowPacer
from integrations.providers.turns import Calendar, Grid, take_turns

_LOG = logging.getLogger(__name__)
_ATTEMPTS_MAXIMUM = 10
_CONFLICT_SECONDS = 0.005
_CONFLICT_SECONDS_MAXIMUM = 0.2
_CONFLICTS_MS_MAXIMUM = 1_000
_ALONE_MS = 10_000
_KEEP_MS = 24 * 60 * 60 * 1000


class Budgets(Protocol):
    """Where the workers share what is taken of a holder's limits."""

    def replace(self, holder: str, limit: str, seen: Budget, new: Budget, expires_at: int) -> Budget | None:
        """Stores `new` if `seen` is what is stored; otherwise changes nothing and returns what is. It may be forgotten
        from `expires_at` (Unix milliseconds) on. Raises `Unavailable`."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Clocks in seconds, a sleep, and randomness from 0 to 1. `unix_time` is what workers have in common."""

    unix_time: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random

    def now_ms(self) -> int:
        """Unix milliseconds."""
        return int(self.unix_time() * 1000)


class SharedPacer:
    """A pacer of one holder, for all threads of this process."""

    def __init__(self, holder: str, budgets: Budgets, timing: Timing) -> None:
        self._holder = holder
        self._budgets = budgets
        self._timing = timing
        self._alone: Pacer = SlidingWindowPacer(timing.monotonic, timing.sleep)
        self._alone_until = 0
        self._known: dict[RateLimit, Budget] = {}
        self._closed_until: dict[RateLimit, int] = {}
        self._grants: dict[tuple[RateLimit, ...], Grants] = {}
        self._reserving_ms = (0, 0, 0, 0)
        self._lock = threading.Lock()

    def wait_for_turn(self, limits: Sequence[RateLimit], wait_seconds_maximum: float) -> None:
        """Sleeps until a turn that all limits leave. One that this process is too late for is not used."""
        # The longest window first: it is the one that refuses, and then nothing was taken of the others.
        ordered = tuple(sorted(limits, key=lambda limit: (-limit.window_seconds, limit.name)))
        deadline = self._timing.now_ms() + int(wait_seconds_maximum * 1000)
        while ordered:
            turn = self._turn(ordered, deadline)
            if turn is None:
                remaining_seconds = max(0.0, (deadline - self._timing.now_ms()) / 1000)
                return self._alone.wait_for_turn(limits, remaining_seconds)
            self._sleep_until(turn)
            if self._is_used(ordered, turn):
                return None
            if self._timing.now_ms() > deadline:
                raise self._refusal(self._timing.now_ms())
        return None

    def hold_off(self, limits: Sequence[RateLimit], seconds: float) -> None:
        """Closes the limits, for others with their next reservation."""
        self._alone.hold_off(limits, seconds)
        with self._lock:
            until = self._timing.now_ms() + int(seconds * 1000)
            for limit in limits:
                self._close(limit, until)
                self._change(limit, lambda budget: replace(budget, closed_until=max(until, budget.closed_until)))

    def learn(self, limit: RateLimit, *, calls: int | None, remaining: int | None) -> None:
        """A changed number of calls is stored for all. Where nothing remains, a call may follow only once the oldest
        of all workers' calls has left the window: others use the same quota."""
        self._alone.learn(limit, calls=calls, remaining=remaining)
        with self._lock:
            known = self._known.get(limit, Budget()).calls or limit.calls
            if calls is not None and calls >= 1 and calls != known:
                self._change(limit, lambda budget: replace(budget, calls=calls))
            if remaining is not None and remaining <= 0:
                self._close(limit, self._calendar(limit).next_place_free())

    def _turn(self, limits: tuple[RateLimit, ...], deadline: int) -> int | None:
        """A turn of this process's own, or None while the budgets can't be reached."""
        with self._lock:
            grants = self._grants.setdefault(limits, Grants(min(Grid.of(limit).usable_ms for limit in limits)))
            turn = grants.next_usable(self._timing.now_ms(), self._closed(limits))
            if turn is None:
                if not self._reserve(limits, grants, deadline):
                    return None
                turn = grants.turns.popleft()
            if turn > max(deadline, self._timing.now_ms() + self._lead_ms):
                grants.put_back(turn)
                raise self._refusal(turn)
            return turn

    def _is_used(self, limits: tuple[RateLimit, ...], turn: int) -> bool:
        with self._lock:
            grants = self._grants[limits]
            usable = grants.is_usable(turn, self._timing.now_ms(), self._closed(limits))
            if not usable:
                grants.unused.append(turn)
            return usable

    def _reserve(self, limits: Sequence[RateLimit], grants: Grants, deadline: int) -> bool:
        """Adds turns to `grants`, however often others are quicker; False if the budgets can't be reached. Raises
        `RateLimited`, taking nothing."""
        begin = self._timing.now_ms()
        if begin < self._alone_until:
            return False
        wait_seconds = _CONFLICT_SECONDS
        while True:
            now = self._timing.now_ms()
            calendars = [self._calendar(limit) for limit in limits]
            size = grants.next_size(now, calendars)
            for calendar in calendars:
                calendar.give_back(grants.unused)
            turns = take_turns(calendars, max(now + self._lead_ms, self._closed(limits)), size)
            if turns[0] > max(deadline, now + self._lead_ms) or now > max(deadline, begin + _CONFLICTS_MS_MAXIMUM):
                raise self._refusal(turns[0])
            try:
                stored = self._store(calendars)
            except Unavailable as error:
                return self._left_alone(error.message)
            if stored:
                grants.extend(turns, size)
                self._reserving_ms = (*self._reserving_ms[1:], self._timing.now_ms() - now)
                return True
            self._timing.sleep(self._timing.random() * wait_seconds)
            wait_seconds = min(2 * wait_seconds, _CONFLICT_SECONDS_MAXIMUM)

    def _store(self, calendars: Sequence[Calendar]) -> bool:
        """False if another worker was quicker with one of them: those stored before it will be replaced again."""
        for calendar in calendars:
            if not self._replace(calendar.limit, calendar.opened, calendar.budget()):
                return False
        for calendar in calendars:
            self._known[calendar.limit] = calendar.budget()
        return True

    def _replace(self, limit: RateLimit, seen: Budget, new: Budget) -> bool:
        name = f"{limit.name}/{limit.window_seconds:g}s"
        expires_at = max(self._timing.now_ms(), new.closed_until) + Grid.of(limit).run_ms + _KEEP_MS
        found = self._budgets.replace(self._holder, name, seen, new, expires_at)
        # What was taken counts only when all limits gave it: until then only the version is known to be another.
        self._known[limit] = replace(seen, version=new.version) if found is None else found
        return found is None

    def _change(self, limit: RateLimit, change: Callable[[Budget], Budget]) -> None:
        """Changes the budget for all, if it can be reached."""
        if self._timing.now_ms() < self._alone_until:
            return
        for _ in range(_ATTEMPTS_MAXIMUM):
            seen = self._known.get(limit, Budget())
            if (changed := change(seen)) == seen:
                return
            new = replace(changed, version=seen.next_version(self._timing.now_ms()))
            try:
                stored = self._replace(limit, seen, new)
            except Unavailable as error:
                self._left_alone(error.message)
                return
            if stored:
                self._known[limit] = new
                return

    def _left_alone(self, reason: str) -> bool:
        self._alone_until = self._timing.now_ms() + _ALONE_MS
        _LOG.warning("this process keeps to the rate limits alone for %d s: %s", _ALONE_MS // 1000, reason)
        return False

    def _calendar(self, limit: RateLimit) -> Calendar:
        return Calendar(limit, self._known.get(limit, Budget()), self._timing.now_ms())

    @property
    def _lead_ms(self) -> int:
        """How long until a turn that is reserved now can be used. One slow answer of the table doesn't count."""
        return sorted(self._reserving_ms)[-2]

    def _closed(self, limits: Sequence[RateLimit]) -> int:
        return max(self._closed_until.get(limit, 0) for limit in limits)

    def _close(self, limit: RateLimit, until: int) -> None:
        self._closed_until[limit] = max(until, self._closed_until.get(limit, 0))

    def _refusal(self, turn: int) -> RateLimited:
        seconds = max(0.0, (turn - self._timing.now_ms()) / 1000)
        message = f"the next call within the service's rate is possible in {seconds:.1f} s"
        return RateLimited(message, retry_after_seconds=seconds)

    def _sleep_until(self, turn: int) -> None:
        seconds = turn / 1000 - self._timing.unix_time()
        if seconds > 0:
            self._timing.sleep(seconds)


class SharedPacers:
    """The pacers of one process, one for each holder: every connection of a holder gets the same."""

    def __init__(self, budgets: Budgets, timing: Timing) -> None:
        self._budgets = budgets
        self._timing = timing
        self._pacers: dict[str, SharedPacer] = {}
        self._lock = threading.Lock()

    def of(self, holder: str) -> Pacer:
        """The holder's; `holder` is a hash."""
        with self._lock:
            if holder not in self._pacers:
                self._pacers[holder] = SharedPacer(holder, self._budgets, self._timing)
            return self._pacers[holder]
