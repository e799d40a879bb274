"""How Search Console's provider gets its access tokens, against the simulator."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from integrations.domain.errors import ConfigurationRefused, RateLimited, ReconnectRequired, RetryLater
from tests.contract.providers.google_search_console_kit import (
    CONSENT,
    NOW,
    READER,
    REPORTS_PATH,
    open_search_console,
    pulled,
    settings_for,
)

HOUR = 3_600


@pytest.fixture
def open_with(search_console):
    opened = []

    def open_provider(settings=None, credentials=None):
        if credentials is not None:
            credentials = {"tokenUri": f"{search_console.url}/token", **credentials}
        opened.append(open_search_console(search_console, settings, credentials, startDate="2026-02-05"))
        return opened[-1]

    yield open_provider
    for provider in opened:
        provider.close()


def token_requests(console):
    return console.admin.requests("/token")


def read_one(provider):
    return provider.pull_page(["row"], provider.first_cursor(None))


@pytest.mark.parametrize("kind", ["urn:ietf:params:oauth:grant-type:jwt-bearer", "refresh_token"])
def test_one_token_serves_all_calls(search_console, open_with, kind):
    pulled(open_with(credentials=CONSENT if kind == "refresh_token" else None))
    assert [entry["grantType"] for entry in token_requests(search_console)] == [kind]
    assert len(search_console.reports()) == 6


def test_the_key_file_may_be_given_as_its_text(search_console, open_with):
    pulled(open_with(credentials={"serviceAccount": json.dumps(search_console.key_file)}))
    assert [entry["status"] for entry in token_requests(search_console)] == [200]


def test_connections_of_one_process_share_their_token_and_those_of_other_credentials_do_not(search_console, open_with):
    settings = settings_for(search_console)
    for _ in range(3):
        read_one(open_with(settings))
    assert len(token_requests(search_console)) == 1
    read_one(open_with(settings, CONSENT))
    assert len(token_requests(search_console)) == 2


def test_threads_that_need_a_token_at_once_ask_for_it_once(search_console, open_with):
    search_console.admin.add_fault("latency", delayMs=200, match={"path": "/token"})
    settings = settings_for(search_console)
    providers = [open_with(settings) for _ in range(8)]
    with ThreadPoolExecutor(len(providers)) as threads:
        assert len(list(threads.map(read_one, providers))) == 8
    assert len(token_requests(search_console)) == 1


@pytest.mark.parametrize(("age_seconds", "requests"), [(0.79 * HOUR, 1), (0.81 * HOUR, 2)])
def test_a_token_is_replaced_when_four_fifths_of_its_life_are_over(search_console, open_with, age_seconds, requests):
    now = [NOW.timestamp()]
    provider = open_with(replace(settings_for(search_console), unix_time=lambda: now[0]))
    read_one(provider)
    now[0] += age_seconds
    search_console.admin.set_clock(advanceSeconds=age_seconds)
    read_one(provider)
    assert len(token_requests(search_console)) == requests
    assert {entry["status"] for entry in search_console.reports()} == {200}


def test_a_revoked_token_is_replaced_once(search_console, open_with):
    provider = open_with()
    read_one(provider)
    search_console.admin.call("POST", "revoke", {})
    read_one(provider)
    assert [entry["status"] for entry in search_console.reports()] == [200, 401, 200]
    assert len(token_requests(search_console)) == 2


def test_a_new_token_that_is_refused_too_asks_for_new_credentials(search_console, open_with):
    search_console.admin.add_fault("status", status=401, count=None, match={"path": REPORTS_PATH})
    with pytest.raises(ReconnectRequired) as refused:
        read_one(open_with())
    assert refused.value.code == "credentials_refused"
    assert len(search_console.reports()) == len(token_requests(search_console)) == 2


def test_a_key_of_another_account_is_refused_with_googles_words(search_console, open_with):
    with pytest.raises(ReconnectRequired, match=r"invalid_grant - Invalid JWT Signature\.") as refused:
        read_one(open_with(credentials={"serviceAccount": dict(search_console.foreign_key_file)}))
    assert refused.value.code == "credentials_refused"
    assert len(token_requests(search_console)) == 1


def test_an_assertion_of_a_wrong_clock_is_refused(search_console, open_with):
    settings = replace(settings_for(search_console), unix_time=lambda: NOW.timestamp() - 2 * HOUR)
    with pytest.raises(ReconnectRequired, match="short-lived token"):
        read_one(open_with(settings))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"clientSecret": "other"}, "invalid_client"),
        ({"clientId": "other"}, "invalid_client"),
        ({"refreshToken": "other"}, "invalid_grant"),
    ],
)
def test_a_consent_that_is_refused_names_googles_reason_and_nothing_secret(search_console, open_with, change, reason):
    with pytest.raises(ReconnectRequired, match=reason) as refused:
        read_one(open_with(credentials={**CONSENT, **change}))
    assert "sim-secret" not in repr(refused.value)
    assert "sim-refresh" not in repr(refused.value)


def test_a_consent_for_something_else_is_refused(search_console, open_with):
    grant = {**CONSENT, "email": "a@example.com", "scopes": ["https://www.googleapis.com/auth/drive"]}
    search_console.admin.configure(refreshTokens=[grant])
    with pytest.raises(ReconnectRequired) as refused:
        read_one(open_with(credentials=CONSENT))
    assert refused.value.code == "scope_missing"
    assert search_console.reports() == []


def test_a_consent_to_more_than_reading_is_taken(search_console, open_with):
    grant = {**CONSENT, "email": "a@example.com", "scopes": ["https://www.googleapis.com/auth/webmasters"]}
    search_console.admin.configure(refreshTokens=[grant])
    read_one(open_with(credentials=CONSENT))


@pytest.mark.parametrize("reason", ["internal_failure", "server_error", "temporarily_unavailable"])
@pytest.mark.parametrize("status", [400, 500])
def test_a_trouble_of_the_token_endpoint_passes(search_console, open_with, reason, status):
    search_console.admin.add_fault("status", status=status, reason=reason, count=None, match={"path": "/token"})
    with pytest.raises(RetryLater) as failed:
        read_one(open_with())
    assert failed.value.code == "service_unavailable"


def test_a_token_endpoint_with_too_much_to_do_is_waited_for(search_console, open_with):
    search_console.admin.add_fault("status", status=429, count=None, match={"path": "/token"})
    with pytest.raises(RateLimited) as failed:
        read_one(open_with())
    assert failed.value.retry_after_seconds == 60


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "truncated_body"])
def test_a_broken_answer_of_the_token_endpoint_is_asked_for_again(search_console, open_with, kind):
    search_console.admin.add_fault(kind, match={"path": "/token"})
    read_one(open_with())
    assert len(token_requests(search_console)) == 2


@pytest.mark.parametrize("place", ["tokenUri", "token_uri"])
def test_a_token_endpoint_elsewhere_is_refused_before_any_connection(search_console, place):
    address = "https://token.example/token"
    key_file = dict(search_console.key_file)
    given = {"tokenUri": address} if place == "tokenUri" else {}
    key_file["token_uri"] = address if place == "token_uri" else key_file["token_uri"]
    with pytest.raises(ConfigurationRefused) as refused:
        open_search_console(search_console, None, {"serviceAccount": key_file, **given})
    assert refused.value.code == "address_refused"
    assert search_console.admin.requests() == []
    assert READER not in refused.value.message
