"""Waits between attempts, growing and jittered ("Error retries and exponential backoff" in the DynamoDB guide)."""

import random
import time
from collections.abc import Callable

from integrations.domain.errors import Unavailable

RETRIES_MAXIMUM = 8
BASE_SECONDS = 0.025
MAXIMUM_SECONDS = 2.0


class Backoff:
    """`sleep` takes seconds, `jitter` gives 0 to 1: both are passed in so that a test needs no time."""

    def __init__(
        self, sleep: Callable[[float], None] = time.sleep, jitter: Callable[[], float] = random.random
    ) -> None:
        self._sleep = sleep
        self._jitter = jitter

    def wait(self, attempt: int, reason: str) -> None:
        """Waits after the failed `attempt` (from 0); raises `Unavailable` with the reason after the last one."""
        if attempt >= RETRIES_MAXIMUM:
            raise Unavailable(f"gave up after {attempt + 1} attempts: {reason}")
        self._sleep(min(BASE_SECONDS * 2**attempt, MAXIMUM_SECONDS) * (0.5 + self._jitter() / 2))
