"""The plan's rate limit: one token of the project's bucket for each call that was admitted."""

from typing import TYPE_CHECKING, Protocol

from integrations.api.log import log
from integrations.domain.errors import TooManyRequests, Unavailable
from integrations.domain.plan_rate import rate_of

if TYPE_CHECKING:
    from integrations.api.ports import PlanBuckets


class PlanLimits(Protocol):
    """What keeping to plans needs."""

    @property
    def plan_buckets(self) -> "PlanBuckets":
        """The buckets."""

    def now(self) -> int:
        """Unix milliseconds."""


def require_turn(plan: str, project_id: str, limits: PlanLimits) -> None:
    """Raises `TooManyRequests` where the plan's calls are used up. If that can't be counted, the call passes."""
    rate = rate_of(plan)
    if rate is None:
        return
    try:
        wait_ms = limits.plan_buckets.take(project_id, plan, rate, limits.now())
    except Unavailable as error:
        log().warning("the call isn't counted; it passes", reason=error.message)
        return
    if wait_ms:
        seconds = -(-wait_ms // 1_000)
        message = (
            f"the plan {plan!r} allows this project {rate.calls_per_minute} calls a minute, {rate.burst} of them at "
            f"once; wait {seconds} s"
        )
        raise TooManyRequests(message, retry_after_seconds=seconds)
