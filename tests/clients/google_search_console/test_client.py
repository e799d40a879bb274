"""google-api-python-client lists sites, reads reports page by page, and understands the errors."""

import pytest
from googleapiclient.errors import HttpError

SITE = "sc-domain:example.com"
PREFIX = "https://www.example.com/"
DAY = {"startDate": "2026-01-10", "endDate": "2026-01-10", "dimensions": ["date", "page"], "rowLimit": 25_000}


@pytest.fixture
def console(console_with, service_account_credentials):
    return console_with(service_account_credentials)


def query(console, site=SITE, retries=0, **body):
    return console.searchanalytics().query(siteUrl=site, body=DAY | body).execute(num_retries=retries)


def refusal(call, **arguments):
    with pytest.raises(HttpError) as refused:
        call(**arguments)
    return refused.value


def reason(error):
    return error.status_code, error.error_details[0]["reason"]


def test_the_sites_that_are_shared(console):
    assert console.sites().list().execute() == {
        "siteEntry": [
            {"siteUrl": PREFIX, "permissionLevel": "siteFullUser"},
            {"siteUrl": SITE, "permissionLevel": "siteOwner"},
        ]
    }
    assert console.sites().get(siteUrl=PREFIX).execute()["permissionLevel"] == "siteFullUser"


def test_a_user_with_a_refresh_token_sees_its_own(console_with, refresh_token_credentials):
    console = console_with(refresh_token_credentials)
    assert [entry["siteUrl"] for entry in console.sites().list().execute()["siteEntry"]] == [SITE]


def test_a_day_of_sixty_thousand_rows_is_read_to_its_fifty_thousandth(console, simulator):
    simulator.admin.call("POST", "seed", {"generate": [{"siteUrl": PREFIX, "days": {"2026-01-10": 60_000}}]})
    pages = []
    while not pages or pages[-1]:
        pages.append(query(console, PREFIX, startRow=25_000 * len(pages)).get("rows", []))
    assert [len(page) for page in pages] == [25_000, 25_000, 0]
    assert len({row["keys"][1] for page in pages for row in page}) == 50_000
    paths = {entry["path"] for entry in simulator.admin.requests(path="searchAnalytics")}
    assert paths == {"/webmasters/v3/sites/https%3A%2F%2Fwww.example.com%2F/searchAnalytics/query"}


def test_one_token_serves_many_calls_and_a_revoked_one_is_replaced(console, simulator):
    for _ in range(3):
        query(console)
    assert len(simulator.admin.requests(path="/token")) == 1
    simulator.admin.call("POST", "revoke", {})
    query(console)
    assert [entry["status"] for entry in simulator.admin.requests(path="searchAnalytics")] == [200] * 3 + [401, 200]


def test_the_spellings_of_the_discovery_document_are_taken(console, simulator):
    simulator.admin.call("POST", "seed", {"generate": [{"siteUrl": SITE, "days": {"2026-02-09": 20}}]})
    span = {"startDate": "2026-02-09", "endDate": "2026-02-09", "dimensions": ["DATE"]}
    body = query(console, **span, type="WEB", dataState="ALL", aggregationType="BY_PROPERTY")
    assert body["metadata"] == {"firstIncompleteDate": "2026-02-09"}
    assert body["rows"][0]["keys"] == ["2026-02-09"]


@pytest.mark.parametrize(
    ("arguments", "status", "expected"),
    [
        ({"rowLimit": 25_001}, 400, "badRequest"),
        ({"dimensions": ["colour"]}, 400, "badRequest"),
        ({"site": "https://www.example.com"}, 403, "forbidden"),
    ],
)
def test_a_refusal_has_its_reason(console, arguments, status, expected):
    assert reason(refusal(query, console=console, **arguments)) == (status, expected)


def test_the_load_quota_is_no_reason_to_try_again_at_once_for_the_client(console, simulator):
    simulator.admin.configure(loadPerTenMinutes=1)
    error = refusal(query, console=console)
    assert reason(error) == (403, "quotaExceeded")
    assert error.reason.startswith("Search Analytics load quota exceeded.")


@pytest.mark.parametrize("fault", [{"status": 403, "reason": "rateLimitExceeded"}, {"status": 429}, {"status": 503}])
def test_the_clients_own_retry_knows_what_passes(console, simulator, monkeypatch, fault):
    monkeypatch.setattr("googleapiclient.http.time.sleep", lambda _: None)
    simulator.admin.add_fault("status", **fault, match={"path": "searchAnalytics"})
    query(console, retries=1)
    statuses = [entry["status"] for entry in simulator.admin.requests(path="searchAnalytics")]
    assert statuses == [fault["status"], 200]
