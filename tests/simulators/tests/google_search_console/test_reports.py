"""Reports: grouping, filters, sorting, and what is refused."""

from typing import Any

import pytest

from tests.simulators.admin_client import AdminClient
from tests.simulators.tests.google_search_console.console_calls import SITE, ConsoleCalls, reason

DAY = "2026-01-10"
A, B = "https://www.example.com/a", "https://www.example.com/b"


def fact(page: str, clicks: int, impressions: int, **more: Any) -> dict[str, Any]:
    return {"siteUrl": SITE, "date": DAY, "page": page, "clicks": clicks, "impressions": impressions} | more


@pytest.fixture
def seeded(calls: ConsoleCalls, admin: AdminClient) -> ConsoleCalls:
    rows = [
        fact(A, 2, 10, query="Blue Shoes", country="usa", position=2.0),
        fact(A, 1, 30, query="red hat", country="deu", device="MOBILE", position=6.0),
        fact(B, 5, 20, query="red hat", country="deu", position=1.0),
        fact(B, 4, 40, position=3.0),
        fact(A, 7, 70, date="2026-01-11", query="blue shoes", position=4.0),
        fact(A, 9, 90, type="image", query="red hat", searchAppearance="AMP_BLUE_LINK"),
    ]
    assert admin.call("POST", "seed", {"rows": rows}) == {"seeded": 6}
    return calls


def keys_and_clicks(body: dict[str, Any]) -> list[tuple[list[str], float]]:
    return [(row["keys"], row["clicks"]) for row in body["rows"]]


def test_rows_have_their_keys_in_the_order_asked_for_and_come_by_clicks(seeded: ConsoleCalls) -> None:
    assert seeded.day(DAY) == {
        "rows": [
            {"keys": [DAY, B], "clicks": 9.0, "impressions": 60.0, "ctr": 0.15, "position": pytest.approx(140 / 60)},
            {"keys": [DAY, A], "clicks": 3.0, "impressions": 40.0, "ctr": 0.075, "position": 5.0},
        ],
        "responseAggregationType": "byPage",
    }
    assert keys_and_clicks(seeded.day(DAY, dimensions=["page", "date"]))[0] == ([B, DAY], 9.0)


def test_without_dimensions_there_is_one_row_of_totals_without_keys(seeded: ConsoleCalls) -> None:
    body = seeded.day(DAY, dimensions=[])
    assert body["responseAggregationType"] == "byProperty"
    assert body["rows"] == [{"clicks": 12.0, "impressions": 100.0, "ctr": 0.12, "position": 3.4}]


def test_without_data_there_are_no_rows_at_all(seeded: ConsoleCalls) -> None:
    assert "rows" not in seeded.day("2026-01-12")
    assert "rows" not in seeded.day("2026-01-12", dimensions=[])
    assert "rows" not in seeded.day(DAY, startRow=2)


def test_days_without_data_are_missing(seeded: ConsoleCalls) -> None:
    answer = seeded.query(startDate="2026-01-01", endDate="2026-01-31", dimensions=["date"])
    assert sorted(row["keys"][0] for row in answer.json()["rows"]) == [DAY, "2026-01-11"]


def test_anonymised_queries_count_in_totals_and_are_never_listed(seeded: ConsoleCalls) -> None:
    assert keys_and_clicks(seeded.day(DAY, dimensions=["query"])) == [(["red hat"], 6.0), (["Blue Shoes"], 2.0)]
    not_red = [{"filters": [{"dimension": "query", "operator": "notContains", "expression": "red"}]}]
    assert keys_and_clicks(seeded.day(DAY, dimensionFilterGroups=not_red)) == [([DAY, A], 2.0)]


@pytest.mark.parametrize(
    ("condition", "clicks"),
    [
        ({"dimension": "country", "operator": "equals", "expression": "DEU"}, 6.0),
        ({"dimension": "COUNTRY", "expression": "usa"}, 2.0),
        ({"dimension": "device", "operator": "NOT_EQUALS", "expression": "mobile"}, 11.0),
        ({"dimension": "page", "operator": "contains", "expression": "/B"}, 9.0),
        ({"dimension": "query", "operator": "includingRegex", "expression": "^blue|hat$"}, 8.0),
        ({"dimension": "query", "operator": "EXCLUDING_REGEX", "expression": "hat$"}, 2.0),
    ],
)
def test_filters_compare_without_regard_to_case(seeded: ConsoleCalls, condition: dict[str, str], clicks: float) -> None:
    groups = [{"groupType": "AND", "filters": [condition]}]
    assert seeded.day(DAY, dimensions=[], dimensionFilterGroups=groups)["rows"][0]["clicks"] == clicks


def test_the_search_type_has_two_names_and_any_spelling(seeded: ConsoleCalls) -> None:
    for given in ({"type": "image"}, {"searchType": "image"}, {"type": "IMAGE"}):
        assert keys_and_clicks(seeded.day(DAY, **given)) == [([DAY, A], 9.0)]
    spelled = {"dimensions": ["DATE", "Page"], "aggregationType": "BY_PAGE", "dataState": "FINAL", "type": "WEB"}
    assert len(seeded.day(DAY, **spelled)["rows"]) == 2
    appearances = seeded.day(DAY, type="image", dimensions=["SEARCH_APPEARANCE"])
    assert keys_and_clicks(appearances) == [(["AMP_BLUE_LINK"], 9.0)]


@pytest.mark.parametrize(
    "change",
    [
        {"rowLimit": 25_001},
        {"rowLimit": 0},
        {"startRow": -1},
        {"startDate": "2026-1-10"},
        {"startDate": "2026-02-30"},
        {"startDate": None},
        {"startDate": "2026-01-11"},
        {"dimensions": ["date", "date"]},
        {"dimensions": ["colour"]},
        {"dimensions": "date"},
        {"dimensions": ["searchAppearance", "page"]},
        {"dimensions": ["hour"]},
        {"type": "audio"},
        {"type": "discover", "dimensions": ["query"]},
        {"type": "discover", "dimensions": ["device"]},
        {"type": "googleNews", "dimensions": ["query"]},
        {"aggregationType": "byProperty"},
        {"dataState": "fresh"},
        {"dimensionFilterGroups": [{"groupType": "or", "filters": []}]},
        {"dimensionFilterGroups": [{"filters": [{"dimension": "date", "expression": "x"}]}]},
        {"dimensionFilterGroups": [{"filters": [{"dimension": "page", "operator": "like", "expression": "x"}]}]},
        {
            "dimensionFilterGroups": [
                {"filters": [{"dimension": "page", "operator": "includingRegex", "expression": "("}]}
            ]
        },
        {"pageToken": "x"},
    ],
)
def test_what_the_documentation_forbids_is_a_bad_request(calls: ConsoleCalls, change: dict[str, Any]) -> None:
    body = {"startDate": DAY, "endDate": DAY, "dimensions": ["date", "page"]} | change
    assert reason(calls.query(**body)) == (400, "badRequest")


def test_what_is_no_json_is_a_parse_error(calls: ConsoleCalls) -> None:
    path = "/webmasters/v3/sites/sc-domain%3Aexample.com/searchAnalytics/query"
    assert reason(calls.http.post(path, headers=calls.headers(), content=b"{")) == (400, "parseError")


def test_a_row_limit_that_is_not_given_is_a_thousand(calls: ConsoleCalls, admin: AdminClient) -> None:
    admin.call("POST", "seed", {"generate": [{"siteUrl": SITE, "days": {DAY: 1_001}}]})
    assert len(calls.day(DAY)["rows"]) == 1_000
    assert len(calls.day(DAY, startRow=1_000)["rows"]) == 1


def test_ties_come_in_no_order_that_a_client_could_use_yet_always_the_same(
    calls: ConsoleCalls, admin: AdminClient
) -> None:
    admin.call("POST", "seed", {"rows": [fact(f"https://e.com/{number:03d}", 1, 1) for number in range(50)]})
    pages = [keys[1] for keys, _ in keys_and_clicks(calls.day(DAY))]
    assert pages != sorted(pages)
    assert pages == [keys[1] for keys, _ in keys_and_clicks(calls.day(DAY))]
    admin.configure(shuffleTies=False)
    assert [keys[1] for keys, _ in keys_and_clicks(calls.day(DAY))] == sorted(pages)


def test_the_log_says_which_page_of_which_report_was_asked_for(seeded: ConsoleCalls, admin: AdminClient) -> None:
    seeded.day(DAY, rowLimit=25_000, startRow=50_000)
    (entry,) = admin.requests(path="searchAnalytics")
    assert entry["path"] == "/webmasters/v3/sites/sc-domain%3Aexample.com/searchAnalytics/query"
    assert (entry["siteUrl"], entry["startDate"], entry["endDate"]) == (SITE, DAY, DAY)
    assert (entry["dimensions"], entry["rowLimit"], entry["startRow"]) == (["date", "page"], 25_000, 50_000)
