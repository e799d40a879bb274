"""How long a job rests when its service can't serve it. Pure."""

from integrations.domain.errors import RateLimited, RetryLater

MINUTE_MS = 60_000
GROWING_WAIT_MAXIMUM_MINUTES = 60
WITHOUT_PROGRESS_MAXIMUM_MS = 24 * 60 * MINUTE_MS
RATE_LIMIT_WAIT_MS = 10_000


def wait_ms(error: RetryLater, waits: int) -> int:
    """The service's own time where it gave one, never shortened; else 10 s for a rate limit, and 1, 2, 4 … 60 minutes
    for a service that keeps failing, `waits` times in a row so far."""
    if error.retry_after_seconds is not None:
        return int(error.retry_after_seconds * 1_000) + 1
    if isinstance(error, RateLimited) and not waits:
        return RATE_LIMIT_WAIT_MS
    return min(GROWING_WAIT_MAXIMUM_MINUTES, 1 << min(waits, 10)) * MINUTE_MS
