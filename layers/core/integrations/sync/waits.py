"""How long a job rests when its service can't serve it. Pure."""

from integrations.domain.errors import RateLimited, RetryLater

MINUTE_MS = 60_000
GROWING_WAIT_MAXIMUM_MINUTES = 60
WITHOUT_PROGRESS_MAXIMUM_MS = 24 * 60 * MINUTE_MS
RATE_LIMIT_WAIT_MS = 10_000


def wait_ms(error: RetryLater, waits: int) -> int:
    """The service's own time where it gave one, never shortened; else 1, 2, 4 … 60 minutes for a service that keeps
    failing, `waits` times in a row so far. A rate limit without a time begins with 10 seconds."""
    if error.retry_after_seconds is not None:
        return int(error.retry_after_seconds * 1_000) + 1
    if isinstance(error, RateLimited):
        if not waits:
            return RATE_LIMIT_WAIT_MS
        waits -= 1
    return min(GROWING_WAIT_MAXIMUM_MINUTES, 1 << min(waits, 10)) * MINUTE_MS


def is_quota(error: RetryLater) -> bool:
    """Whether the service works, and said itself when there will be more of it: its rate, or its day's quota."""
    return isinstance(error, RateLimited) and error.retry_after_seconds is not None


def is_failing(error: RetryLater, waits: int) -> bool:
    """Whether people should be told: not of a rate limit that a short rest may end."""
    return not isinstance(error, RateLimited) or (error.retry_after_seconds is None and waits > 0)
