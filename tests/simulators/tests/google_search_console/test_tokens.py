"""The token endpoint: what it checks, and how it refuses."""

import base64
import json
import time

import pytest

from tests.simulators.admin_client import AdminClient
from tests.simulators.tests.google_search_console.conftest import READER
from tests.simulators.tests.google_search_console.console_calls import (
    JWT_GRANT,
    READ,
    WRITE,
    ConsoleCalls,
    assertion,
    reason,
)

SHORT_LIVED = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)
NOW = int(time.time())


def test_a_signed_assertion_buys_a_token_that_the_api_takes(calls: ConsoleCalls, key_file: dict[str, str]) -> None:
    answer = calls.by_assertion(assertion(key_file))
    assert answer.status_code == 200
    body = answer.json()
    assert body["access_token"].startswith("ya29.")
    assert (body["expires_in"], body["token_type"]) == (3599, "Bearer")
    calls.access_token = body["access_token"]
    assert calls.get("sites").json() == {
        "siteEntry": [{"siteUrl": "sc-domain:example.com", "permissionLevel": "siteOwner"}]
    }


def test_the_simulators_own_address_is_an_audience_too(calls: ConsoleCalls, key_file: dict[str, str]) -> None:
    own = f"{str(calls.http.base_url).rstrip('/')}/token"
    assert calls.by_assertion(assertion(key_file, aud=own)).status_code == 200


@pytest.mark.parametrize(
    ("claims", "status", "error", "description"),
    [
        ({"aud": "https://example.com/token"}, 400, "invalid_grant", "Invalid JWT: Failed audience check."),
        ({"aud": None}, 400, "invalid_grant", "Invalid JWT: Failed audience check."),
        ({"iat": NOW - 8000, "exp": NOW - 4400}, 400, "invalid_grant", SHORT_LIVED),
        ({"iat": NOW + 4000, "exp": NOW + 7000}, 400, "invalid_grant", SHORT_LIVED),
        ({"exp": NOW + 86_400}, 400, "invalid_grant", SHORT_LIVED),
        ({"exp": None}, 400, "invalid_grant", SHORT_LIVED),
        (
            {"iss": "nobody@simproject.iam.gserviceaccount.com"},
            400,
            "invalid_grant",
            "Invalid grant: account not found",
        ),
        ({"scope": None}, 400, "invalid_scope", "Empty or missing scope not allowed."),
        ({"scope": "webmasters"}, 400, "invalid_scope", "Invalid OAuth scope or ID token audience provided."),
    ],
)
def test_a_wrong_claim_is_refused(
    calls: ConsoleCalls,
    key_file: dict[str, str],
    claims: dict[str, object],
    status: int,
    error: str,
    description: str,
) -> None:
    answer = calls.by_assertion(assertion(key_file, **claims))
    assert answer.status_code == status
    assert answer.json() == {"error": error, "error_description": description}


def test_delegation_is_not_granted(calls: ConsoleCalls, key_file: dict[str, str]) -> None:
    answer = calls.by_assertion(assertion(key_file, sub="someone@example.com"))
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized_client")


def test_another_key_is_refused_also_under_the_known_keys_id(
    calls: ConsoleCalls, key_file: dict[str, str], foreign_key_file: dict[str, str]
) -> None:
    refused = {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
    for header in ({}, {"kid": key_file["private_key_id"]}):
        answer = calls.by_assertion(assertion(foreign_key_file, header=header))
        assert (answer.status_code, answer.json()) == (400, refused)


def test_claims_changed_after_signing_are_refused(calls: ConsoleCalls, key_file: dict[str, str]) -> None:
    head, body, signature = assertion(key_file).split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = base64.urlsafe_b64encode(json.dumps(claims | {"scope": WRITE}).encode()).rstrip(b"=").decode()
    assert calls.by_assertion(f"{head}.{forged}.{signature}").json()["error_description"] == "Invalid JWT Signature."


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_another_algorithm_is_refused(calls: ConsoleCalls, key_file: dict[str, str], algorithm: str) -> None:
    answer = calls.by_assertion(assertion(key_file, header={"alg": algorithm}))
    assert answer.json()["error_description"] == "Invalid JWT Signature."


@pytest.mark.parametrize("text", ["x", "a.b", "a.b.c", "!.!.!", "W10.W10.W10"])
def test_what_is_no_assertion_is_a_bad_request(calls: ConsoleCalls, text: str) -> None:
    answer = calls.by_assertion(text)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": JWT_GRANT}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
    ],
)
def test_a_form_that_lacks_something_is_refused(calls: ConsoleCalls, form: dict[str, str], error: str) -> None:
    answer = calls.token(**form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_a_refresh_token_buys_an_access_token_with_its_scope(calls: ConsoleCalls) -> None:
    answer = calls.by_refresh_token()
    assert answer.status_code == 200
    assert answer.json()["scope"] == READ
    assert "refresh_token" not in answer.json()


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"refresh_token": "unknown"}, 400, "invalid_grant"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "unknown"}, 401, "invalid_client"),
        ({"scope": WRITE}, 400, "invalid_scope"),
    ],
)
def test_a_wrong_refresh_form_is_refused(calls: ConsoleCalls, changes: dict[str, str], status: int, error: str) -> None:
    answer = calls.by_refresh_token(**changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_revoked_refresh_token_says_so(calls: ConsoleCalls, admin: AdminClient) -> None:
    grant = {"email": "a@example.com", "clientId": "c", "clientSecret": "s", "refreshToken": "r", "revoked": True}
    admin.configure(refreshTokens=[grant])
    answer = calls.by_refresh_token(client_id="c", client_secret="s", refresh_token="r")
    assert answer.status_code == 400
    assert answer.json() == {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}


def test_a_disabled_account_gets_no_token(
    calls: ConsoleCalls, admin: AdminClient, console_process: object, key_file: dict[str, str]
) -> None:
    made = admin.call("POST", "accounts", {"clientEmail": "gone@p.iam.gserviceaccount.com"})["serviceAccount"]
    assert calls.by_assertion(assertion(made)).status_code == 200
    public = {"clientEmail": "gone@p.iam.gserviceaccount.com", "publicKey": _public_key(made), "disabled": True}
    admin.configure(serviceAccounts=[public])
    assert calls.by_assertion(assertion(made)).json()["error_description"] == "Invalid grant: account is disabled"


def test_a_made_account_points_to_the_simulator(calls: ConsoleCalls, admin: AdminClient) -> None:
    made = admin.call("POST", "accounts", {})["serviceAccount"]
    assert made["token_uri"] == f"{str(calls.http.base_url).rstrip('/')}/token"
    assert (made["type"], made["project_id"]) == ("service_account", "simproject")
    assert calls.by_assertion(assertion(made, aud=made["token_uri"])).status_code == 200


def test_an_access_token_ends_after_its_time_or_when_it_is_revoked(calls: ConsoleCalls, admin: AdminClient) -> None:
    assert calls.get("sites").status_code == 200
    assert admin.call("POST", "revoke", {})["revoked"] == 1
    assert reason(calls.get("sites")) == (401, "authError")
    admin.configure(accessTokenSeconds=0)
    calls.access_token = None
    assert reason(calls.get("sites")) == (401, "authError")


def test_by_the_services_clock_a_token_ends_when_the_clock_is_moved(calls: ConsoleCalls, admin: AdminClient) -> None:
    admin.configure(authByServiceClock=True)
    assert calls.get("sites").status_code == 200
    admin.set_clock(advanceSeconds=3_600)
    assert reason(calls.get("sites")) == (401, "authError")


def test_a_token_of_another_scope_is_refused_by_the_api(calls: ConsoleCalls, key_file: dict[str, str]) -> None:
    drive = assertion(key_file, scope="https://www.googleapis.com/auth/drive")
    calls.access_token = calls.by_assertion(drive).json()["access_token"]
    answer = calls.get("sites")
    assert reason(answer) == (403, "insufficientPermissions")
    assert answer.json()["error"]["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"


def test_the_configuration_and_the_log_show_no_secret(
    calls: ConsoleCalls, admin: AdminClient, key_file: dict[str, str]
) -> None:
    text = assertion(key_file)
    calls.access_token = calls.by_assertion(text).json()["access_token"]
    calls.by_refresh_token()
    calls.get("sites")
    shown = json.dumps([admin.configuration(), admin.requests()])
    assert READER in shown
    assert [entry.get("grantType") for entry in admin.requests()] == [JWT_GRANT, "refresh_token", None]
    for secret in (text, str(calls.access_token), "sim-refresh", "sim-secret", "PUBLIC KEY"):
        assert secret not in shown


def _public_key(key_file: dict[str, str]) -> str:
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(key_file["private_key"].encode(), None)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()
