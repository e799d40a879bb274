"""google-auth gets tokens from the simulator, and understands its refusals."""

import pytest
from google.auth.exceptions import RefreshError
from google.oauth2 import service_account

from tests.simulators.google_search_console.accounts import new_key_file

READ = "https://www.googleapis.com/auth/webmasters.readonly"


def test_a_service_account_gets_a_token(service_account_credentials, auth_request, simulator):
    service_account_credentials.refresh(auth_request)
    assert service_account_credentials.token.startswith("ya29.")
    assert service_account_credentials.valid
    (entry,) = simulator.admin.requests(path="/token")
    assert (entry["grantType"], entry["status"]) == ("urn:ietf:params:oauth:grant-type:jwt-bearer", 200)


def test_a_refresh_token_gets_a_token(refresh_token_credentials, auth_request):
    refresh_token_credentials.refresh(auth_request)
    assert refresh_token_credentials.token.startswith("ya29.")
    assert refresh_token_credentials.refresh_token == "sim-refresh"
    assert refresh_token_credentials.granted_scopes == [READ]


def test_another_accounts_key_is_refused(key_file, simulator, auth_request):
    _, foreign = new_key_file(key_file["client_email"], key_file["token_uri"])
    credentials = service_account.Credentials.from_service_account_info(foreign, scopes=[READ])
    with pytest.raises(RefreshError, match=r"invalid_grant: Invalid JWT Signature\.") as refused:
        credentials.refresh(auth_request)
    assert refused.value.args[1] == {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
    assert not refused.value.retryable


def test_a_subject_without_delegation_is_refused(service_account_credentials, auth_request):
    with pytest.raises(RefreshError, match="unauthorized_client"):
        service_account_credentials.with_subject("someone@example.com").refresh(auth_request)


def test_a_scope_that_is_none_is_refused(key_file, simulator, auth_request):
    credentials = service_account.Credentials.from_service_account_info(key_file, scopes=["webmasters"])
    with pytest.raises(RefreshError, match="invalid_scope"):
        credentials.refresh(auth_request)


def test_a_revoked_refresh_token_is_refused(refresh_token_credentials, simulator, auth_request):
    grant = {"email": "a@example.com", "clientId": "sim-client", "clientSecret": "sim-secret"}
    simulator.admin.configure(refreshTokens=[grant | {"refreshToken": "sim-refresh", "revoked": True}])
    with pytest.raises(RefreshError, match=r"invalid_grant: Token has been expired or revoked\."):
        refresh_token_credentials.refresh(auth_request)


def test_a_trouble_of_the_endpoint_is_tried_again(service_account_credentials, simulator, auth_request):
    simulator.admin.add_fault("status", status=503, match={"path": "/token"})
    service_account_credentials.refresh(auth_request)
    assert [entry["status"] for entry in simulator.admin.requests(path="/token")] == [503, 200]
