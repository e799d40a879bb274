"""Sites and permissions, routing on the path as it came, quotas, faults, state."""

from pathlib import Path
from typing import Any

import pytest

from tests.simulators.admin_client import AdminClient, AdminError
from tests.simulators.process import start_simulator
from tests.simulators.tests.google_search_console.console_calls import SITE, ConsoleCalls, http_client, reason

PREFIX = "https://www.example.com/"
USER = "sim@example.com"
DAY = {"startDate": "2026-01-10", "endDate": "2026-01-10", "dimensions": ["date", "page"]}


@pytest.fixture
def shared(calls: ConsoleCalls, admin: AdminClient) -> ConsoleCalls:
    """A user's properties, one of each level, and one of somebody else."""
    levels = {"a": "siteOwner", "b": "siteFullUser", "c": "siteRestrictedUser", "d": "siteUnverifiedUser"}
    properties = [{"siteUrl": f"sc-domain:{name}.com", "permissions": {USER: level}} for name, level in levels.items()]
    properties += [
        {"siteUrl": PREFIX, "permissions": {USER: "siteOwner"}},
        {"siteUrl": "sc-domain:theirs.com", "permissions": {"other@example.com": "siteOwner"}},
    ]
    admin.configure(properties=properties)
    return calls


def test_a_user_sees_what_is_shared_with_it_and_its_level(shared: ConsoleCalls) -> None:
    entries = shared.get("sites").json()["siteEntry"]
    assert {entry["siteUrl"]: entry["permissionLevel"] for entry in entries} == {
        PREFIX: "siteOwner",
        "sc-domain:a.com": "siteOwner",
        "sc-domain:b.com": "siteFullUser",
        "sc-domain:c.com": "siteRestrictedUser",
        "sc-domain:d.com": "siteUnverifiedUser",
    }
    assert shared.get("sites/sc-domain%3Ac.com").json() == {
        "siteUrl": "sc-domain:c.com",
        "permissionLevel": "siteRestrictedUser",
    }


def test_levels_can_be_spelled_the_other_way(shared: ConsoleCalls, admin: AdminClient) -> None:
    admin.configure(permissionLevelForm="upper_snake")
    assert shared.get("sites/sc-domain%3Ac.com").json()["permissionLevel"] == "SITE_RESTRICTED_USER"


def test_without_a_property_the_list_is_missing(calls: ConsoleCalls, admin: AdminClient) -> None:
    admin.configure(properties=[])
    assert calls.get("sites").json() == {}


def test_reports_need_a_verified_level(shared: ConsoleCalls) -> None:
    sites = [f"sc-domain:{name}.com" for name in "abcd"]
    assert [shared.query(site, **DAY).status_code for site in sites] == [200, 200, 200, 403]


@pytest.mark.parametrize(
    "site", ["sc-domain:theirs.com", "sc-domain:none.com", "https://www.example.com", "http://www.example.com/"]
)
def test_a_property_that_is_not_shared_or_named_otherwise_is_forbidden(shared: ConsoleCalls, site: str) -> None:
    answer = shared.query(site, **DAY)
    assert reason(answer) == (403, "forbidden")
    message = f"User does not have sufficient permission for site '{site}'."
    assert answer.json()["error"]["message"].startswith(message)


def test_a_site_is_one_encoded_segment(shared: ConsoleCalls) -> None:
    assert shared.get("sites/https%3A%2F%2Fwww.example.com%2F").json()["siteUrl"] == PREFIX
    plain = shared.get("sites/https://www.example.com/")
    assert (plain.status_code, plain.headers["content-type"]) == (404, "text/html; charset=UTF-8")
    assert reason(shared.get("sites/https%253A%252F%252Fwww.example.com%252F")) == (403, "forbidden")


def test_an_address_without_a_method_is_a_page(shared: ConsoleCalls) -> None:
    answer = shared.get("sites/sc-domain%3Aa.com/searchanalytics/query")
    assert (answer.status_code, "<title>Error 404 (Not Found)!!1</title>" in answer.text) == (404, True)


def test_without_a_token_and_with_a_wrong_one(calls: ConsoleCalls) -> None:
    bare = calls.http.get("/webmasters/v3/sites")
    assert reason(bare) == (401, "required")
    assert bare.json()["error"]["status"] == "UNAUTHENTICATED"
    wrong = calls.http.get("/webmasters/v3/sites", headers={"authorization": "Bearer ya29.wrong"})
    assert reason(wrong) == (401, "authError")


def test_an_api_that_is_off_says_so(calls: ConsoleCalls, admin: AdminClient) -> None:
    admin.configure(apiEnabled=False)
    assert reason(calls.get("sites")) == (403, "accessNotConfigured")


def test_twelve_hundred_queries_a_minute_is_the_limit_of_a_site_and_of_a_user(
    calls: ConsoleCalls, admin: AdminClient
) -> None:
    limits = admin.configure(quotas=True)
    assert (limits["siteQueriesPerMinute"], limits["userQueriesPerMinute"]) == (1_200, 1_200)
    admin.configure(siteQueriesPerMinute=3, userQueriesPerMinute=5)
    admin.call("POST", "seed", {"properties": [{"siteUrl": PREFIX}]})
    assert [calls.query(**DAY).status_code for _ in range(4)] == [200, 200, 200, 403]
    answers = [calls.query(PREFIX, **DAY) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 403]
    assert reason(answers[-1]) == (403, "quotaExceeded")
    assert answers[-1].json()["error"]["errors"][0]["domain"] == "usageLimits"
    assert "QPS quota exceeded" in answers[-1].json()["error"]["message"]
    assert "retry-after" not in answers[-1].headers


def test_the_form_of_that_refusal_is_switchable(calls: ConsoleCalls, admin: AdminClient) -> None:
    admin.configure(quotas=True, siteQueriesPerMinute=0, minuteQuotaStatus=429, minuteQuotaReason="rateLimitExceeded")
    assert reason(calls.query(**DAY)) == (429, "rateLimitExceeded")


def test_other_methods_have_twenty_a_second(calls: ConsoleCalls, admin: AdminClient) -> None:
    admin.configure(quotas=True, otherPerSecond=2)
    answers = [calls.get("sites") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert reason(answers[-1]) == (429, "rateLimitExceeded")


def test_long_reports_by_page_and_query_use_the_load_quota_up_and_a_quarter_of_an_hour_restores_it(
    calls: ConsoleCalls, admin: AdminClient
) -> None:
    admin.configure(quotas=True, loadPerTenMinutes=1_000)
    month = {"startDate": "2026-01-01", "endDate": "2026-01-31", "dimensions": ["page", "query"]}
    assert [calls.query(**month).status_code for _ in range(4)] == [200, 200, 200, 403]
    refused = calls.query(**month)
    assert reason(refused) == (403, "quotaExceeded")
    assert "load quota exceeded" in refused.json()["error"]["message"]
    assert calls.query(**DAY).status_code == 200
    admin.set_clock(advanceSeconds=900)
    assert calls.query(**month).status_code == 200


def test_the_days_quotas_have_words_of_their_own(calls: ConsoleCalls, admin: AdminClient) -> None:
    admin.configure(quotas=True, loadPerDay=1)
    answer = calls.query(**DAY)
    assert reason(answer) == (403, "quotaExceeded")
    assert "for the day" in answer.json()["error"]["message"]
    admin.configure(projectQueriesPerDay=0)
    assert reason(calls.query(**DAY)) == (403, "dailyLimitExceeded")


@pytest.mark.parametrize(
    ("status", "wanted", "expected"),
    [
        (429, "", "rateLimitExceeded"),
        (403, "", "forbidden"),
        (403, "quotaExceeded", "quotaExceeded"),
        (403, "quotaExceeded.day", "quotaExceeded"),
        (403, "userRateLimitExceeded", "userRateLimitExceeded"),
        (500, "", "internalError"),
        (503, "", "backendError"),
        (401, "", "authError"),
    ],
)
def test_a_fault_can_name_a_reason(
    calls: ConsoleCalls, admin: AdminClient, status: int, wanted: str, expected: str
) -> None:
    calls.headers()
    admin.add_fault("status", status=status, reason=wanted, match={"path": "searchAnalytics"})
    assert reason(calls.query(**DAY)) == (status, expected)
    assert calls.query(**DAY).status_code == 200


def test_a_fault_on_the_token_endpoint_has_its_form(calls: ConsoleCalls, admin: AdminClient) -> None:
    admin.add_fault("status", status=400, reason="invalid_grant", match={"path": "/token"})
    assert calls.by_refresh_token().json() == {
        "error": "invalid_grant",
        "error_description": "Token has been expired or revoked.",
    }


def test_a_dump_can_be_narrowed_and_shortened(calls: ConsoleCalls, admin: AdminClient) -> None:
    seed: dict[str, Any] = {"generate": [{"siteUrl": SITE, "days": {"2026-01-01": 30, "2026-01-02": 5}}]}
    admin.call("POST", "seed", seed)
    dump = admin.call("GET", "dump?date=2026-01-01&limit=3")
    assert (dump["count"], len(dump["rows"])) == (30, 3)
    assert set(dump["rows"][0]) == {
        *("siteUrl", "type", "date", "hour", "page", "query", "country", "device", "searchAppearance"),
        *("clicks", "impressions", "position"),
    }


@pytest.mark.parametrize(
    "seed",
    [
        {},
        {"documents": []},
        {"rows": [{"siteUrl": SITE, "date": "2026-01-01", "page": "x", "clicks": 1, "impressions": 1, "x": 1}]},
        {"rows": [{"siteUrl": SITE}]},
        {"generate": [{"siteUrl": SITE}]},
        {"generate": [{"siteUrl": SITE, "days": {"2026-01-01": 6_000_000}}]},
        {"properties": [{"siteUrl": SITE, "permissions": {"a": "owner"}}]},
    ],
)
def test_a_seed_that_is_not_understood_changes_nothing(admin: AdminClient, seed: dict[str, Any]) -> None:
    with pytest.raises(AdminError, match="HTTP 400"):
        admin.call("POST", "seed", seed)
    assert admin.call("GET", "dump")["count"] == 0


def test_a_state_file_keeps_figures_keys_and_tokens(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with start_simulator("google_search_console", state_file=state) as first:
        first.admin.call("POST", "seed", {"generate": [{"siteUrl": SITE, "days": {"2026-01-01": 3}}]})
        first.admin.call("POST", "accounts", {})
        before = first.admin.call("GET", "dump"), first.admin.configuration()
        with http_client(first.url) as http:
            headers = ConsoleCalls(http).headers()
    with start_simulator("google_search_console", state_file=state) as second:
        assert (second.admin.call("GET", "dump"), second.admin.configuration()) == before
        with http_client(second.url) as http:
            assert http.get("/webmasters/v3/sites", headers=headers).status_code == 200
