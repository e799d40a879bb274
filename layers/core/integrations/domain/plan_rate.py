"""How often a project may call the API, by its plan: a token bucket each.

A bucket is one number: the time at which it will be full again if nobody calls. Each call moves that time on by one
interval, from now if the bucket is full; a call has to wait while it lies more than a burst ahead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class PlanRate:
    """`calls_per_minute` is how fast tokens come back, `burst` how many a full bucket has."""

    calls_per_minute: int
    burst: int

    @property
    def interval_ms(self) -> int:
        """The time in which one token comes back, rounded up: never faster than the plan says."""
        return -(-MINUTE_MS // self.calls_per_minute)

    def full_at_maximum(self, now: int) -> int:
        """Where `full_at` may lie at most for a call `now` to find a token; both in Unix milliseconds."""
        return now + (self.burst - 1) * self.interval_ms

    def full_at_after(self, full_at: int, now: int) -> int:
        """Where it lies after a call that found one."""
        return max(full_at, now) + self.interval_ms

    def wait_ms(self, full_at: int, now: int) -> int:
        """How long a call has to wait for a token; 0 if there is one."""
        return max(0, full_at - self.full_at_maximum(now))


_RATES: Mapping[str, PlanRate | None] = MappingProxyType(
    {"free": PlanRate(60, 10), "pro": PlanRate(300, 50), "team": PlanRate(1_000, 100), "enterprise": None}
)


def rate_of(plan: str) -> PlanRate | None:
    """The plan's rate, None without a limit; a plan that nobody knows has the smallest."""
    return _RATES.get(plan, _RATES["free"])
