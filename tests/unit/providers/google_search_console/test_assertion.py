import base64
import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from integrations.domain.errors import ReconnectRequired
from integrations.providers.google_search_console.assertion import signed_assertion
from integrations.providers.google_search_console.credentials import ServiceAccountKey


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


def pem(key, form=PrivateFormat.PKCS8):
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


def key_file(private_key):
    values = {"client_email": "reader@p1.iam.gserviceaccount.com", "private_key_id": "a1", "private_key": private_key}
    return ServiceAccountKey.model_validate({**values, "token_uri": "https://elsewhere.example/token"})


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_an_assertion_is_for_reading_for_an_hour_at_googles_own_endpoint(key, form):
    head, claims, signature = signed_assertion(key_file(pem(key, form)), 1_770_753_600.9).split(".")
    assert json.loads(decoded(head)) == {"alg": "RS256", "typ": "JWT", "kid": "a1"}
    assert json.loads(decoded(claims)) == {
        "iss": "reader@p1.iam.gserviceaccount.com",
        "scope": "https://www.googleapis.com/auth/webmasters.readonly",
        "aud": "https://oauth2.googleapis.com/token",
        "iat": 1_770_753_600,
        "exp": 1_770_757_200,
    }
    key.public_key().verify(decoded(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), SHA256())
    with pytest.raises(InvalidSignature):
        key.public_key().verify(decoded(signature), f"{head}.x".encode(), padding.PKCS1v15(), SHA256())


def test_a_key_that_is_none_or_of_another_kind_asks_for_a_new_one(key):
    damaged = pem(key).replace("MII", "AAA", 1)
    for private_key in (damaged, pem(ec.generate_private_key(ec.SECP256R1()))):
        with pytest.raises(ReconnectRequired) as refused:
            signed_assertion(key_file(private_key), 0.0)
        error = refused.value
        assert error.code == "credentials_unusable"
        assert private_key[40:80] not in f"{error!r} {error.__cause__!r} {error.__context__!r}"
