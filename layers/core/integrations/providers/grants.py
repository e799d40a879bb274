"""The turns that a process holds for one kind of call, and how many it asks for next."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from integrations.providers.turns import Calendar, spacing_ms, turns_per_grant_maximum


@dataclass(slots=True)
class Grants:
    """For the calls that count against the same limits: turns of Unix milliseconds, usable for `usable_ms`.

    `unused` went by; they are given back with the next reservation.
    """

    usable_ms: int
    turns: deque[int] = field(default_factory=deque)
    unused: list[int] = field(default_factory=list)
    size: int = 0
    last_turn: int = 0

    def next_usable(self, now: int, closed_until: int) -> int | None:
        """The earliest turn that can still be used, which is taken out."""
        while self.turns:
            turn = self.turns.popleft()
            if self.is_usable(turn, now, closed_until):
                return turn
            self.unused.append(turn)
        return None

    def is_usable(self, turn: int, now: int, closed_until: int) -> bool:
        """Whether a call may leave with this turn at `now`, or when it comes."""
        return now <= turn + self.usable_ms and turn >= closed_until

    def put_back(self, turn: int) -> None:
        """Returns a turn that was not used, and may be later."""
        self.turns.appendleft(turn)

    def next_size(self, now: int, calendars: Sequence[Calendar]) -> int:
        """1, 2, 4, … as long as all turns are used and the calls keep up with them; a lone call asks for its own."""
        if now > self.last_turn + max(spacing_ms(calendars), self.usable_ms):
            return 1
        if self.unused:
            return max(1, self.size // 2)
        return max(1, min(2 * self.size, turns_per_grant_maximum(calendars)))

    def extend(self, turns: Sequence[int], size: int) -> None:
        """Adds a new grant; what was unused has been given back with it."""
        self.unused.clear()
        self.turns.extend(turns)
        self.size = size
        self.last_turn = turns[-1]
