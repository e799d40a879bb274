"""Days as Search Console counts them: in Pacific time, whose rules are few enough to need no time zone database.

Dates of a report are in PT (https://developers.google.com/webmaster-tools/v1/searchanalytics/query).
"""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

_STANDARD, _SUMMER = timedelta(hours=-8), timedelta(hours=-7)
_SUNDAY = 6
_ONE_DAY = timedelta(days=1)


def pacific_day(unix_seconds: float) -> date:
    """The day it is in California."""
    moment = datetime.fromtimestamp(unix_seconds, UTC)
    return (moment + _offset(moment)).date()


def seconds_to_midnight(unix_seconds: float) -> float:
    """How long the day still lasts in California: daily quotas begin anew at its midnight."""
    moment = datetime.fromtimestamp(unix_seconds, UTC)
    midnight = datetime.combine(pacific_day(unix_seconds) + _ONE_DAY, datetime.min.time(), UTC)
    # The clock changes at 2 in the morning, so just before midnight it has the offset of midnight.
    return (midnight - _offset(midnight - _STANDARD - timedelta(seconds=1)) - moment).total_seconds()


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _offset(moment: datetime) -> timedelta:
    """Summer time lasts from the second Sunday of March, 10:00 UTC, to the first of November, 9:00 UTC."""
    begins = _sunday(moment.year, 3, 2) + timedelta(hours=10)
    ends = _sunday(moment.year, 11, 1) + timedelta(hours=9)
    return _SUMMER if begins <= moment < ends else _STANDARD


def _sunday(year: int, month: int, number: int) -> datetime:
    first = datetime(year, month, 1, tzinfo=UTC)
    return first + timedelta(days=(_SUNDAY - first.weekday()) % 7 + 7 * (number - 1))
