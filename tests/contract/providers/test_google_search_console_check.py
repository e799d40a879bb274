"""What a connection test says about Search Console, against the simulator."""

import pytest

from tests.contract.providers.google_search_console_kit import (
    CONSENT,
    READER,
    SITE,
    SITES_PATH,
    open_search_console,
)

PREFIX = "https://www.example.com/"


@pytest.fixture
def check(search_console):
    def run(credentials=None, **config):
        if credentials is not None:
            credentials = {"tokenUri": f"{search_console.url}/token", **credentials}
        provider = open_search_console(search_console, None, credentials, **config)
        try:
            return provider.check()
        finally:
            provider.close()

    return run


def share(console, **permissions):
    """Has the properties named, with the reader's permission on each."""
    console.admin.configure(
        properties=[{"siteUrl": url, "permissions": {READER: level}} for url, level in permissions.items()]
    )


@pytest.mark.parametrize("form", ["camel", "upper_snake"])
@pytest.mark.parametrize("level", ["siteOwner", "siteFullUser", "siteRestrictedUser"])
def test_whoever_may_read_is_connected(search_console, check, form, level):
    share(search_console, **{SITE: level})
    search_console.admin.configure(permissionLevelForm=form)
    report = check()
    assert (report.connected, report.diagnosis) == (True, None)
    assert [entry["path"] for entry in search_console.admin.requests()] == [
        "/token",
        f"{SITES_PATH}sc-domain%3Aexample.com",
    ]


@pytest.mark.parametrize("form", ["camel", "upper_snake"])
def test_an_unverified_user_is_warned(search_console, check, form):
    share(search_console, **{SITE: "siteUnverifiedUser"})
    search_console.admin.configure(permissionLevelForm=form)
    report = check()
    assert report.connected
    assert report.diagnosis.code == "property_unverified"
    assert READER in report.diagnosis.suggestions[0]


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("wanted", [SITE, "http://www.example.com/", "https://example.com/"])
def test_the_same_site_under_another_name_is_suggested(search_console, check, status, wanted):
    share(search_console, **{PREFIX: "siteFullUser", "sc-domain:other.org": "siteOwner"})
    search_console.admin.configure(unknownSiteStatus=status)
    report = check(siteUrl=wanted)
    assert (report.connected, report.refused, report.diagnosis.code) == (False, False, "property_not_shared")
    assert report.diagnosis.suggestions[0].startswith(f"Properties that it may read: {PREFIX}, ")
    assert READER in report.diagnosis.suggestions[1]


def test_without_any_shared_property_the_account_to_add_is_named(search_console, check):
    share(search_console)
    report = check()
    assert (report.connected, report.refused, report.diagnosis.code) == (False, False, "no_property_shared")
    assert "credentials are good" in report.diagnosis.message
    assert READER in report.diagnosis.suggestions[0]


def test_a_list_that_fails_leaves_the_diagnosis(search_console, check):
    share(search_console, **{PREFIX: "siteOwner"})
    search_console.admin.add_fault("status", status=500, count=None, match={"path": "/webmasters/v3/sites", "nth": 2})
    report = check()
    assert report.diagnosis.code == "property_not_shared"
    assert not any("may read" in suggestion for suggestion in report.diagnosis.suggestions)
    assert READER in report.diagnosis.suggestions[0]


@pytest.mark.parametrize(
    ("credentials", "advice"), [(None, "Create a new key"), (CONSENT, "enter the new refreshToken")]
)
def test_refused_credentials_come_with_googles_reason_and_the_way_to_new_ones(
    search_console, check, credentials, advice
):
    search_console.admin.add_fault("status", status=400, reason="invalid_grant", match={"path": "/token"})
    report = check(credentials)
    assert (report.connected, report.refused, report.diagnosis.code) == (False, True, "credentials_refused")
    assert "invalid_grant - Token has been expired or revoked. Go to Settings" in report.diagnosis.message
    assert any(advice in suggestion for suggestion in report.diagnosis.suggestions)


def test_an_api_that_is_switched_off_is_told_as_such(search_console, check):
    search_console.admin.configure(apiEnabled=False)
    report = check()
    assert (report.connected, report.refused, report.diagnosis.code) == (False, False, "api_not_enabled")
    assert "console.cloud.google.com" in report.diagnosis.suggestions[0]


@pytest.mark.parametrize(
    "reason", ["rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"]
)
def test_a_quota_refuses_no_credentials(search_console, check, reason):
    search_console.admin.add_fault("status", status=403, reason=reason, match={"path": SITES_PATH})
    report = check()
    assert (report.connected, report.refused, report.diagnosis.code) == (False, False, "service_rate_limited")
    assert len(search_console.admin.requests()) == 2


@pytest.mark.parametrize("kind", ["reset_before", "malformed_json"])
def test_a_broken_token_endpoint_refuses_no_credentials(search_console, check, kind):
    search_console.admin.add_fault(kind, count=None, match={"path": "/token"})
    report = check()
    assert (report.connected, report.refused) == (False, False)
    assert report.diagnosis.suggestions
    assert len(search_console.admin.requests()) == 1
