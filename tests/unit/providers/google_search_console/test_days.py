import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from integrations.providers.google_search_console.pacific import months_before, pacific_day, seconds_to_midnight
from integrations.providers.google_search_console.pull import external_id, first_cursor
from integrations.providers.google_search_console.reports import DayPlace
from integrations.providers.google_search_console.spec import SPEC

NOON = datetime(2026, 2, 10, 20, tzinfo=UTC).timestamp()


def config(**changes):
    return SPEC.checked_config({"siteUrl": "sc-domain:example.com", "entityTypes": {"metric": "row"}, **changes})


def test_days_and_midnights_are_those_of_california_all_year():
    try:
        zone = ZoneInfo("America/Los_Angeles")
    except ZoneInfoNotFoundError:
        pytest.skip("this machine has no time zone database to compare with")
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    while moment.year == 2026:
        local = moment.astimezone(zone)
        midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), zone)
        assert pacific_day(moment.timestamp()) == local.date()
        assert seconds_to_midnight(moment.timestamp()) == midnight.timestamp() - moment.timestamp()
        moment += timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "before"),
    [
        ("2026-02-10", "2024-10-10"),
        ("2026-06-30", "2025-02-28"),
        ("2025-06-30", "2024-02-29"),
        ("2026-04-01", "2024-12-01"),
    ],
)
def test_sixteen_months_before_is_the_same_day_or_the_months_last(day, before):
    assert months_before(date.fromisoformat(day), 16).isoformat() == before


@pytest.mark.parametrize(
    ("changes", "watermark", "first"),
    [
        ({}, None, "2024-10-10"),
        ({"startDate": "2026-01-01"}, None, "2026-01-01"),
        ({"startDate": "2020-01-01"}, None, "2024-10-10"),
        ({"startDate": "2027-01-01"}, None, "2026-02-10"),
        ({}, "2026-02-07", "2026-02-03"),
        ({"lookbackDays": 0}, "2026-02-07", "2026-02-07"),
        ({"startDate": "2026-02-05"}, "2026-02-07", "2026-02-05"),
        ({}, "2020-01-01", "2024-10-10"),
    ],
)
def test_a_run_begins_where_there_may_be_something_new(changes, watermark, first):
    cursor = first_cursor(config(**changes), watermark, NOON)
    assert (cursor["day"], cursor["last"], cursor["startRow"]) == (first, "2026-02-10", 0)
    assert cursor["serviceTime"] == watermark


def test_a_place_is_plain_json_and_comes_back_the_same():
    place = DayPlace("2026-02-28", "2026-03-01", 25_000, ("2026-02-28", "https://example.com/"))
    assert DayPlace.of(json.loads(json.dumps(place.cursor()))) == place


def test_days_follow_each_other_to_the_last():
    place = DayPlace("2026-02-28", "2026-03-01", 25_000, ("x",)).next_day()
    assert place == DayPlace("2026-03-01", "2026-03-01")
    assert place.next_day() is None


def test_an_id_is_the_same_in_whatever_order_dimensions_are_asked_for():
    one = external_id("web", {"date": "2026-02-01", "page": "https://example.com/é"})
    other = external_id("web", {"page": "https://example.com/é", "date": "2026-02-01"})
    assert one == other == '{"date":"2026-02-01","page":"https://example.com/é","type":"web"}'


def test_ids_of_other_types_or_dimensions_differ():
    ids = {
        external_id("web", {"date": "2026-02-01", "page": "x"}),
        external_id("image", {"date": "2026-02-01", "page": "x"}),
        external_id("web", {"date": "2026-02-01", "query": "x"}),
        external_id("web", {"date": "2026-02-01", "page": 'x","query":"y'}),
        external_id("web", {"date": "2026-02-01", "page": "x", "query": "y"}),
    }
    assert len(ids) == 5
