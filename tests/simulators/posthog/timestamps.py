"""Times as PostHog reads them from events and queries, and as it writes them in answers."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

CLICKHOUSE_FORM = re.compile(r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2}(\.\d{1,6})?)?")


def moment_of(value: Any) -> datetime | None:
    """ISO 8601 text as a time in UTC, to the microsecond; without a zone it is UTC. None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def moment_text(moment: datetime) -> str:
    """`2026-01-01T00:00:00Z`, or with six digits of fraction if there is one."""
    return moment.isoformat().replace("+00:00", "Z")


def event_moment(timestamp: Any, sent_at: Any, now: datetime, future_hours: int) -> datetime:
    """When an event happened: `timestamp`, moved by the sender's clock skew where `sent_at` tells it.

    Unreadable or missing times become `now`, and so do those further ahead than `future_hours`.
    """
    moment = moment_of(timestamp)
    if moment is None:
        return now
    sent = moment_of(sent_at)
    if sent is not None:
        moment = now + (moment - sent)
    return now if moment > now + timedelta(hours=future_hours) else moment
