"""Which turns a rate limit leaves: a sliding window, reckoned in slots of a hundredth of it. Pure; times in Unix
milliseconds.

A turn taken in a slot counts against every run of `Grid.slots` slots that holds it, also those that begin earlier: so
a call may be given a turn between turns that others have already reserved. A run is longer than the window by a slot,
by the time a turn stays usable, and by what the way to the service may differ between two calls: however turns are
used within that, the service never sees more than the limit's calls in a window.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Self

from integrations.domain.budget import Budget
from integrations.providers.pacing import RateLimit

SLOTS_PER_WINDOW = 100
GRANT_MS_MAXIMUM = 1_000
_USABLE_MS_MAXIMUM = 900
_UNSTEADY_MS_MAXIMUM = 100


@dataclass(frozen=True, slots=True)
class Grid:
    """A limit's time in slots of `slot_ms`: within any `slots` of them no more than its calls are granted. A turn is
    usable for `usable_ms` (a fiftieth of the window, 0.9 s at most); later it would bunch with those after it."""

    slot_ms: int
    slots: int
    usable_ms: int

    @classmethod
    def of(cls, limit: RateLimit) -> Self:
        """The limit's own."""
        window_ms = max(1, round(limit.window_seconds * 1000))
        slot_ms = max(1, window_ms // SLOTS_PER_WINDOW)
        usable_ms = min(window_ms // 50, _USABLE_MS_MAXIMUM)
        unsteady_ms = min(window_ms // 50, _UNSTEADY_MS_MAXIMUM)
        return cls(slot_ms, -(-(window_ms + usable_ms + unsteady_ms) // slot_ms) + 1, usable_ms)

    @property
    def run_ms(self) -> int:
        """How long after a turn its place is free again."""
        return self.slot_ms * self.slots


class Calendar:
    """One limit's budget, opened to look for turns and to take them. `now` decides what is past and forgotten."""

    def __init__(self, limit: RateLimit, budget: Budget, now: int) -> None:
        self.limit = limit
        self._now = now
        self.opened = budget
        self.grid = Grid.of(limit)
        self.calls = budget.calls or limit.calls
        self._first = now // self.grid.slot_ms - self.grid.slots
        past = max(0, self._first - budget.first_slot)
        self._counts = [0] * max(0, budget.first_slot - self._first) + list(budget.counts[past:])
        padded = self._counts + [0] * self.grid.slots
        sums = list(accumulate(padded))
        self._runs = sums[: self.grid.slots] + [
            later - earlier for earlier, later in zip(sums, sums[self.grid.slots :], strict=False)
        ]
        """How many calls each run of slots holds; the slot at a place is in the runs from that place on."""

    def earliest(self, at: int) -> int:
        """The first moment from `at` on when one more call fits."""
        at = max(at, self.opened.closed_until)
        place = max(0, at // self.grid.slot_ms - self._first)
        while (full := self._last_full(place)) is not None:
            place = full + 1
        return max(at, (self._first + place) * self.grid.slot_ms)

    def take(self, at: int) -> None:
        """Counts a call at that moment."""
        self._add(at, 1)

    def give_back(self, turns: Iterable[int]) -> None:
        """Frees turns that were taken before and never used."""
        for turn in turns:
            place = turn // self.grid.slot_ms - self._first
            if 0 <= place < len(self._counts) and self._counts[place]:
                self._add(turn, -1)

    def budget(self) -> Budget:
        """The budget with what was taken and given back here: its next version."""
        version = self.opened.next_version(self._now)
        return replace(self.opened, version=version, first_slot=self._first, counts=tuple(self._counts))

    def next_place_free(self) -> int:
        """When the oldest call that is still in the window leaves it; a window from now if there is none."""
        places = (place for place, count in enumerate(self._counts) if count and place > 0)
        oldest = (self._first + next(places, self.grid.slots)) * self.grid.slot_ms
        return min(oldest, self._now) + self.grid.run_ms

    def _last_full(self, place: int) -> int | None:
        runs = self._runs[place : place + self.grid.slots]
        if not runs or max(runs) < self.calls:
            return None
        return next(place + back for back in range(len(runs) - 1, -1, -1) if runs[back] >= self.calls)

    def _add(self, at: int, change: int) -> None:
        place = at // self.grid.slot_ms - self._first
        self._counts += [0] * (place + 1 - len(self._counts))
        self._runs += [0] * (place + self.grid.slots - len(self._runs))
        self._counts[place] += change
        for run in range(place, place + self.grid.slots):
            self._runs[run] += change


def spacing_ms(calendars: Sequence[Calendar]) -> float:
    """How far apart the turns of one grant are. Evenly where the window is short, so that few at a time can use them;
    longer windows take bursts."""
    short = [calendar for calendar in calendars if calendar.limit.window_seconds <= 1]
    return max((calendar.grid.run_ms / calendar.calls for calendar in short), default=0.0)


def turns_per_grant_maximum(calendars: Sequence[Calendar]) -> int:
    """A second's worth where the window is short, a sixtieth of a longer one's calls."""
    spacing = spacing_ms(calendars)
    sixtieths = [-(-each.calls // 60) for each in calendars if each.limit.window_seconds > 1]
    return max(1, min([*sixtieths, *([int(GRANT_MS_MAXIMUM / spacing)] if spacing else [])]))


def take_turns(calendars: Sequence[Calendar], at: int, count: int) -> list[int]:
    """Takes up to `count` turns that all the limits leave: the first from `at` on, the others within a second of it."""
    spacing = spacing_ms(calendars)
    turns: list[int] = []
    planned = float(at)
    while len(turns) < count:
        turn = _earliest_of_all(calendars, int(planned))
        if turns and turn > turns[0] + GRANT_MS_MAXIMUM:
            break
        for calendar in calendars:
            calendar.take(turn)
        turns.append(turn)
        planned = max(planned, turn) + spacing
    return turns


def _earliest_of_all(calendars: Sequence[Calendar], at: int) -> int:
    while (later := max(calendar.earliest(at) for calendar in calendars)) > at:
        at = later
    return at
