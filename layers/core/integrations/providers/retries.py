"""When a call may be repeated at once, and after how long."""

import re
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import Enum

_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]+)?")

BACKOFF_BASE_SECONDS = 0.5
BACKOFF_CAP_SECONDS = 30.0
TRANSIENT_STATUSES = frozenset({429, 502, 503, 504})
NOT_APPLIED_STATUSES = frozenset({429, 503})
"""Answers that say the request was turned away before any of it was done."""


class Repeatable(Enum):
    """What is safe about sending the same call twice."""

    ALWAYS = "always"
    """It changes nothing: also after silence."""
    IDEMPOTENT = "idempotent"
    """Done twice it changes no more than done once: also after silence, though that leaves the outcome open."""
    WHEN_ANSWERED = "when_answered"
    """The service recognises the repetition: after an answer, even one that leaves the outcome open."""
    WHEN_NOT_APPLIED = "when_not_applied"
    """Only where nothing was done the first time."""


def is_repeatable_answer(repeatable: Repeatable, status: int, transient: frozenset[int] = TRANSIENT_STATUSES) -> bool:
    """Whether the call may be sent again at once after an answer with this status."""
    if repeatable is Repeatable.WHEN_NOT_APPLIED:
        return status in transient & NOT_APPLIED_STATUSES
    return status in transient


def backoff_seconds(attempt: int, random: Callable[[], float]) -> float:
    """Full jitter: anything up to the exponential step, for the wait after the given attempt (1, 2, …)
    (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter)."""
    step = min(BACKOFF_CAP_SECONDS, BACKOFF_BASE_SECONDS * 2.0 ** min(attempt - 1, 16))
    return float(random() * step)


def parse_retry_after(value: str | None, now_seconds: float) -> float | None:
    """The seconds to wait, from either form of `Retry-After` (RFC 9110, 10.2.3); None where it says nothing usable.
    `now_seconds` is Unix time."""
    if value is None:
        return None
    text = value.strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - now_seconds)
