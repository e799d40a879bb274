"""The signed assertion by which a service account asks for an access token.

https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests (RFC 7523)
"""

import base64
import json
from collections.abc import Mapping

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from integrations.domain.errors import ReconnectRequired
from integrations.providers.google_search_console.credentials import TOKEN_URI, ServiceAccountKey

SECONDS_MAXIMUM = 3_600
READ_SCOPE = "https://www.googleapis.com/auth/webmasters.readonly"


def signed_assertion(key: ServiceAccountKey, now: float) -> str:
    """An RS256 token for reading, good for an hour from `now` (Unix seconds). Its audience is Google's own endpoint,
    wherever it is sent. Raises `ReconnectRequired` for a key that can't be read."""
    claims = {
        "iss": key.client_email,
        "scope": READ_SCOPE,
        "aud": TOKEN_URI,
        "iat": int(now),
        "exp": int(now) + SECONDS_MAXIMUM,
    }
    signed = f"{_part({'alg': 'RS256', 'typ': 'JWT', 'kid': key.private_key_id})}.{_part(claims)}"
    signature = _private_key(key).sign(signed.encode(), PKCS1v15(), SHA256())
    return f"{signed}.{_base64url(signature)}"


def _private_key(key: ServiceAccountKey) -> RSAPrivateKey:
    try:
        private_key = load_pem_private_key(key.private_key.get_secret_value().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        private_key = None
    if isinstance(private_key, RSAPrivateKey):
        return private_key
    message = "the private key in the key file can't be read: it has to be the RSA key that Google made"
    raise ReconnectRequired(message, code="credentials_unusable")


def _part(value: Mapping[str, object]) -> str:
    return _base64url(json.dumps(value, separators=(",", ":")).encode())


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
