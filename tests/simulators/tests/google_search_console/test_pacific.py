"""Days in Pacific time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from tests.simulators.google_search_console.pacific import hour_text, pacific_day


def test_days_are_those_of_the_time_zone_database() -> None:
    try:
        zone = ZoneInfo("America/Los_Angeles")
    except ZoneInfoNotFoundError:
        pytest.skip("this machine has no time zone database to compare with")
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    for number in range(0, 3 * 366 * 24, 2):
        instant = moment + timedelta(hours=number)
        assert pacific_day(instant) == instant.astimezone(zone).date()


@pytest.mark.parametrize(
    ("day", "hour", "text"),
    [
        (date(2026, 1, 31), 7, "2026-01-31T07:00:00-08:00"),
        (date(2026, 7, 1), 0, "2026-07-01T00:00:00-07:00"),
        (date(2026, 3, 8), 1, "2026-03-08T01:00:00-08:00"),
        (date(2026, 3, 8), 3, "2026-03-08T03:00:00-07:00"),
    ],
)
def test_an_hour_says_its_offset(day: date, hour: int, text: str) -> None:
    assert hour_text(day, hour) == text
