"""The rows a day exposes, generated figures, and days that aren't settled yet. Today is 2026-02-10."""

import time
from typing import Any

from tests.simulators.admin_client import AdminClient
from tests.simulators.tests.google_search_console.console_calls import SITE, ConsoleCalls

LARGE = {"2026-01-01": 60_000, "2026-01-02": 20_000, "2026-01-03": 20_000, "2026-01-04": 20_000}


def generate(admin: AdminClient, **specification: Any) -> int:
    return int(admin.call("POST", "seed", {"generate": [{"siteUrl": SITE, **specification}]})["seeded"])


def all_pages(calls: ConsoleCalls, day: str, **body: Any) -> list[list[dict[str, Any]]]:
    pages: list[list[dict[str, Any]]] = []
    while not pages or pages[-1]:
        more = {"rowLimit": 25_000, "startRow": 25_000 * len(pages), **body}
        pages.append(calls.day(day, **more).get("rows", []))
    return pages


def test_a_hundred_and_twenty_thousand_rows_are_made_and_read_quickly_and_a_day_ends_at_fifty_thousand(
    calls: ConsoleCalls, admin: AdminClient
) -> None:
    started = time.perf_counter()
    assert generate(admin, days=LARGE) == 120_000
    generated = time.perf_counter()
    rows = {day: all_pages(calls, day) for day in LARGE}
    read = time.perf_counter()
    assert [[len(page) for page in pages] for pages in rows.values()] == [[25_000, 25_000, 0], *[[20_000, 0]] * 3]
    large = [row for page in rows["2026-01-01"] for row in page]
    assert len({row["keys"][1] for row in large}) == 50_000
    assert [row["clicks"] for row in large] == sorted((row["clicks"] for row in large), reverse=True)
    assert calls.day("2026-01-01", dimensions=[])["rows"][0]["clicks"] > sum(row["clicks"] for row in large)
    print(f"generated in {generated - started:.2f} s, read in {read - generated:.2f} s")
    assert generated - started < 5
    assert read - generated < 10


def test_the_ceiling_is_a_days_not_a_requests_and_can_be_lifted(calls: ConsoleCalls, admin: AdminClient) -> None:
    admin.configure(rowsPerDay=100)
    generate(admin, startDate="2026-01-01", endDate="2026-01-02", rowsPerDay=150)
    two_days = {"startDate": "2026-01-01", "endDate": "2026-01-02", "rowLimit": 25_000}
    assert len(calls.query(**two_days, dimensions=["date", "page"]).json()["rows"]) == 200
    assert len(calls.query(**two_days, dimensions=["country"]).json()["rows"]) == 3
    admin.configure(dayCeiling=False)
    assert len(calls.query(**two_days, dimensions=["date", "page"]).json()["rows"]) == 300


def test_the_ceiling_counts_each_search_type_for_itself(calls: ConsoleCalls, admin: AdminClient) -> None:
    admin.configure(rowsPerDay=100)
    generate(admin, days={"2026-01-01": 150})
    generate(admin, days={"2026-01-01": 120}, type="image")
    assert [len(calls.day("2026-01-01", type=kind)["rows"]) for kind in ("web", "image")] == [100, 100]


def test_generated_figures_are_the_same_every_time_and_vary_with_the_seed(
    calls: ConsoleCalls, admin: AdminClient
) -> None:
    made = []
    for seed in (1, 1, 2):
        admin.reset()
        calls.access_token = None
        generate(admin, days={"2026-01-01": 40}, pages=10, seed=seed)
        made.append(admin.call("GET", "dump")["rows"])
    assert made[0] == made[1] != made[2]
    assert len({row["page"] for row in made[0]}) == 10
    assert len({(row["page"], row["query"]) for row in made[0]}) == 40
    assert all(0 <= row["clicks"] <= row["impressions"] for row in made[0])


def test_rows_of_the_same_key_are_replaced_and_without_impressions_removed(
    calls: ConsoleCalls, admin: AdminClient
) -> None:
    row = {"siteUrl": SITE, "date": "2026-01-01", "page": "https://e.com/", "clicks": 1, "impressions": 9}
    admin.call("POST", "seed", {"rows": [row]})
    admin.call("POST", "seed", {"rows": [row | {"clicks": 3}]})
    assert calls.day("2026-01-01")["rows"][0]["clicks"] == 3.0
    admin.call("POST", "seed", {"rows": [row | {"impressions": 0}]})
    assert "rows" not in calls.day("2026-01-01")


def test_recent_days_are_shown_with_fresh_data_only_and_say_from_when_they_are_incomplete(
    calls: ConsoleCalls, admin: AdminClient
) -> None:
    generate(admin, startDate="2026-02-01", endDate="2026-02-10", rowsPerDay=20)
    span = {"startDate": "2026-02-05", "endDate": "2026-02-10", "dimensions": ["date"]}
    final, fresh = (calls.query(**span, dataState=state).json() for state in ("final", "all"))
    assert max(row["keys"][0] for row in final["rows"]) == "2026-02-07"
    assert "metadata" not in final
    assert max(row["keys"][0] for row in fresh["rows"]) == "2026-02-10"
    assert fresh["metadata"] == {"firstIncompleteDate": "2026-02-08"}
    assert "metadata" not in calls.query(**span | {"dimensions": ["page"]}, dataState="all").json()
    assert "metadata" not in calls.query(**span | {"endDate": "2026-02-07"}, dataState="all").json()
    one = calls.day("2026-02-10", dataState="ALL")
    assert one["metadata"] == {"firstIncompleteDate": "2026-02-10"}


def test_a_final_day_is_restated_for_two_days_more(calls: ConsoleCalls, admin: AdminClient) -> None:
    generate(admin, days={"2026-02-07": 200})
    seen = []
    for _ in range(4):
        rows = calls.day("2026-02-07")["rows"]
        seen.append((len(rows), sum(row["clicks"] for row in rows), sum(row["impressions"] for row in rows)))
        admin.set_clock(advanceSeconds=86_400)
    assert seen[0] < seen[1] < seen[2] == seen[3]
    assert seen[0][1] < seen[1][1] < seen[2][1]
    assert seen[2][0] == 200
    admin.set_clock(now="2026-02-10T20:00:00Z")
    admin.configure(restatement=False)
    assert len(calls.day("2026-02-07")["rows"]) == 200


def test_the_day_is_californias(calls: ConsoleCalls, admin: AdminClient) -> None:
    generate(admin, startDate="2026-02-01", endDate="2026-02-28", rowsPerDay=20)
    for moment, newest in (("2026-02-11T07:59:59Z", "2026-02-07"), ("2026-02-11T08:00:00Z", "2026-02-08")):
        admin.set_clock(now=moment)
        answer = calls.query(startDate="2026-02-01", endDate="2026-02-28", dimensions=["date"])
        assert max(row["keys"][0] for row in answer.json()["rows"]) == newest


def test_sixteen_months_back_there_is_nothing(calls: ConsoleCalls, admin: AdminClient) -> None:
    generate(admin, days={"2024-10-10": 5, "2024-10-11": 5})
    assert "rows" not in calls.day("2024-10-10")
    assert len(calls.day("2024-10-11")["rows"]) == 5


def test_hours_are_given_with_their_offset(calls: ConsoleCalls, admin: AdminClient) -> None:
    row = {"siteUrl": SITE, "page": "https://e.com/", "clicks": 10, "impressions": 10, "hour": 7}
    admin.call("POST", "seed", {"rows": [row | {"date": day} for day in ("2026-01-20", "2026-02-05", "2026-02-10")]})
    body = calls.day("2026-01-01", endDate="2026-02-10", dimensions=["hour"], dataState="hourly_all")
    hours = {row["keys"][0] for row in body["rows"]}
    assert hours == {"2026-02-05T07:00:00-08:00", "2026-02-10T07:00:00-08:00"}
    assert body["metadata"] == {"firstIncompleteHour": "2026-02-08T00:00:00-08:00"}
