from urllib.parse import quote, quote_plus

import pytest
from pydantic import SecretStr

from integrations.providers.redaction import redacted

SECRET = 'sk/a+b="c" d'
KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASC\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "form", [SECRET, quote(SECRET), quote(SECRET, safe=""), quote_plus(SECRET), 'sk/a+b=\\"c\\" d']
)
def test_a_secret_is_taken_out_in_each_form_that_it_travels_in(form: str):
    assert redacted(f"no {form} here", [SecretStr(SECRET)]) == "no [secret] here"


def test_a_key_files_lines_are_secrets_of_their_own():
    assert redacted("line MIIEvQIBADANBgkqhkiG9w0B of AQEFAASC", [SecretStr(KEY)]) == "line [secret] of AQEFAASC"
    assert redacted(f"all: {KEY}", [SecretStr(KEY)]) == "all: [secret]"


def test_a_secret_within_another_leaves_none_of_it():
    assert redacted("sk-1-more sk-1", [SecretStr("sk-1"), SecretStr("sk-1-more")]) == "[secret] [secret]"


def test_a_signed_token_is_a_secret_whoever_made_it():
    assert redacted("got eyJhbGciOiJSUzI1NiI.eyJpc3M.c2ln_-8 back", []) == "got [secret] back"


def test_other_texts_stay():
    assert redacted("nothing", [SecretStr(""), SecretStr("sk")]) == "nothing"
