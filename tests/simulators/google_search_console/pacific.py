"""Days as Search Console counts them, in Pacific time, whether or not the machine has a time zone database."""

from datetime import UTC, date, datetime, timedelta

SUNDAY = 6
STANDARD_HOURS, SUMMER_HOURS = -8, -7


def pacific_day(moment: datetime) -> date:
    """The day it is in California at a moment given in UTC."""
    return (moment + timedelta(hours=offset_hours(moment))).date()


def offset_hours(moment: datetime) -> int:
    """-7 from the second Sunday of March, 10:00 UTC, to the first of November, 9:00 UTC; else -8."""
    begins = _sunday(moment.year, 3, 2, hour=10)
    ends = _sunday(moment.year, 11, 1, hour=9)
    return SUMMER_HOURS if begins <= moment < ends else STANDARD_HOURS


def hour_text(day: date, hour: int) -> str:
    """An hour of a day, as the `hour` dimension writes it: `2026-01-31T07:00:00-08:00`."""
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    offset = offset_hours(moment + timedelta(hours=-STANDARD_HOURS))
    return f"{day}T{hour:02d}:00:00-{-offset:02d}:00"


def _sunday(year: int, month: int, number: int, hour: int) -> datetime:
    first = datetime(year, month, 1, hour, tzinfo=UTC)
    return first + timedelta(days=(SUNDAY - first.weekday()) % 7 + 7 * (number - 1))
