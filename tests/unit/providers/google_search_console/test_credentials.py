import json

import pytest

from integrations.domain.errors import ValidationFailed
from integrations.providers.google_search_console.spec import SPEC

KEY_FILE = {
    "type": "service_account",
    "project_id": "p1",
    "private_key_id": "a1b2c3",
    "private_key": "-----BEGIN PRIVATE KEY-----\nMIIEverySecret\n-----END PRIVATE KEY-----\n",
    "client_email": "reader@p1.iam.gserviceaccount.com",
    "client_id": "1234",
    "auth_uri": "https://accounts.google.com/o/oauth2/auth",
    "token_uri": "https://oauth2.googleapis.com/token",
    "universe_domain": "googleapis.com",
}
CONSENT = {"clientId": "client.apps", "clientSecret": "verySecret", "refreshToken": "1//verySecret"}


def without(values, name):
    return {key: value for key, value in values.items() if key != name}


def problems_of(raw):
    with pytest.raises(ValidationFailed) as refused:
        SPEC.credentials_plaintext(raw)
    error = refused.value
    text = f"{error} {error!r} {error.details} {error.__cause__!r} {error.__context__!r}"
    assert "erySecret" not in text
    return dict(error.details)


@pytest.mark.parametrize("form", [dict, json.dumps])
def test_a_key_file_is_taken_as_an_object_or_as_its_text(form):
    credentials = SPEC.checked_credentials({"serviceAccount": form(KEY_FILE)})
    assert credentials.service_account.client_email == "reader@p1.iam.gserviceaccount.com"
    assert credentials.token_address == "https://oauth2.googleapis.com/token"
    assert credentials.principal == "reader@p1.iam.gserviceaccount.com"


def test_a_consent_goes_to_googles_endpoint():
    credentials = SPEC.checked_credentials(CONSENT)
    assert credentials.token_address == "https://oauth2.googleapis.com/token"
    assert credentials.principal == "client.apps|1//verySecret"


@pytest.mark.parametrize("name", ["private_key", "client_email", "private_key_id"])
def test_a_key_file_without_what_is_needed_is_refused(name):
    assert list(problems_of({"serviceAccount": without(KEY_FILE, name)})) == [f"credentials.serviceAccount.{name}"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("private_key", "verySecret"),
        ("private_key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nverySecret\n-----END ENCRYPTED PRIVATE KEY-----"),
        ("client_email", "reader"),
        ("client_email", "reader@p1\n"),
        ("private_key_id", "a b"),
        ("token_uri", "https://user:verySecret@oauth2.googleapis.com/token"),
        ("token_uri", "https://oauth2.googleapis.com/token?key=verySecret"),
        ("token_uri", "file:///token"),
        ("token_uri", "https://[::1/token"),
        ("token_uri", 1),
    ],
)
def test_a_key_file_of_another_form_is_refused_by_its_field(name, value):
    assert list(problems_of({"serviceAccount": {**KEY_FILE, name: value}})) == [f"credentials.serviceAccount.{name}"]


@pytest.mark.parametrize("value", ["verySecret", "[]", "1", "{", 7, None, ["verySecret"], "[" * 4_000])
def test_what_is_no_key_file_is_refused(value):
    assert problems_of({"serviceAccount": value})


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"tokenUri": "https://oauth2.googleapis.com/token"},
        {"serviceAccount": KEY_FILE, **CONSENT},
        {"serviceAccount": KEY_FILE, "refreshToken": "1//verySecret"},
        without(CONSENT, "clientId"),
        without(CONSENT, "clientSecret"),
        without(CONSENT, "refreshToken"),
    ],
)
def test_exactly_one_kind_is_taken_and_whole(raw):
    (message,) = problems_of(raw).values()
    assert "either serviceAccount, or clientId, clientSecret and refreshToken" in message


@pytest.mark.parametrize("name", ["clientId", "clientSecret", "refreshToken"])
@pytest.mark.parametrize("value", ["", "very Secret", "verySecret\n", "verySecrét"])
def test_a_consents_parts_are_printable(name, value):
    assert list(problems_of({**CONSENT, name: value})) == [f"credentials.{name}"]


def test_unknown_keys_are_refused():
    assert list(problems_of({**CONSENT, "token": "x"})) == ["credentials.(key)"]


def test_credentials_hide_themselves():
    for raw in ({"serviceAccount": KEY_FILE}, CONSENT):
        credentials = SPEC.checked_credentials(raw)
        assert "erySecret" not in repr(credentials)
        assert "erySecret" not in credentials.model_dump_json()


def test_a_token_endpoint_elsewhere_is_a_problem_unless_it_is_listed():
    elsewhere = "http://127.0.0.1:4001/token"
    own = {**KEY_FILE, "token_uri": elsewhere}
    assert SPEC.credential_address_problems({"serviceAccount": KEY_FILE}, ()) == []
    assert SPEC.credential_address_problems(CONSENT, ()) == []
    for raw in ({"serviceAccount": own}, {**CONSENT, "tokenUri": elsewhere}):
        assert SPEC.credential_address_problems(raw, ("127.0.0.1:4001",)) == []
        ((field, message),) = SPEC.credential_address_problems(raw, ())
        assert field == "credentials"
        assert "https://oauth2.googleapis.com" in message


@pytest.mark.parametrize(
    "address", ["https://searchconsole.googleapis.com/token", "http://oauth2.googleapis.com/token"]
)
def test_another_host_or_an_open_connection_is_none_of_googles_endpoints(address):
    assert SPEC.credential_address_problems({**CONSENT, "tokenUri": address}, ())


def test_an_address_of_its_own_goes_before_the_key_files():
    raw = {"serviceAccount": {**KEY_FILE, "token_uri": "https://elsewhere.example/token"}}
    raw["tokenUri"] = "https://oauth2.googleapis.com/token"
    assert SPEC.credential_address_problems(raw, ()) == []
