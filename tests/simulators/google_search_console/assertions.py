"""Checks a service account's signed assertion as Google's token endpoint does (PROVIDERS 2.7; RFC 7523)."""

import base64
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.simulators.google_search_console.accounts import ServiceAccount
from tests.simulators.google_search_console.errors import Refused, token_error

LIFETIME_SECONDS = 3_600
SHORT_LIVED = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)
NOT_DELEGATED = (
    "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the "
    "scopes requested."
)


@dataclass(frozen=True, slots=True)
class AssertionRules:
    """Whom assertions may come from, whom they may be for, and what time it is (Unix seconds)."""

    accounts: Sequence[ServiceAccount]
    audiences: Collection[str]
    now: float
    skew_seconds: int


def verified_claims(assertion: str, rules: AssertionRules) -> dict[str, Any]:
    """The claims, once signature, times, audience and issuer are right. Raises `Refused` with Google's error."""
    header, claims, signature, signed = _decoded(assertion)
    account = _signer(claims, header, rules.accounts)
    _check_signature(account, header, signature, signed)
    _check_times(claims, rules)
    if claims.get("aud") not in rules.audiences:
        raise _invalid_grant("Invalid JWT: Failed audience check.")
    if claims.get("sub", account.client_email) != account.client_email:
        raise Refused(token_error(401, "unauthorized_client", NOT_DELEGATED))
    return claims


def _decoded(assertion: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    try:
        head, body, tail = assertion.split(".")
        header, claims = json.loads(_base64url(head)), json.loads(_base64url(body))
        signature = _base64url(tail)
    except ValueError as error:
        raise _invalid_grant("Bad Request") from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise _invalid_grant("Bad Request")
    return header, claims, signature, f"{head}.{body}".encode()


def _signer(claims: dict[str, Any], header: dict[str, Any], accounts: Sequence[ServiceAccount]) -> ServiceAccount:
    own = [account for account in accounts if account.client_email == claims.get("iss")]
    if not own:
        raise _invalid_grant("Invalid grant: account not found")
    enabled = [account for account in own if not account.disabled]
    if not enabled:
        raise _invalid_grant("Invalid grant: account is disabled")
    for account in enabled:
        if header.get("kid") in (None, account.private_key_id) or not account.private_key_id:
            return account
    raise _invalid_grant("Invalid JWT Signature.")


def _check_signature(account: ServiceAccount, header: dict[str, Any], signature: bytes, signed: bytes) -> None:
    key = serialization.load_pem_public_key(account.public_key.encode())
    if header.get("alg") != "RS256" or not isinstance(key, rsa.RSAPublicKey):
        raise _invalid_grant("Invalid JWT Signature.")
    try:
        key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature as error:
        raise _invalid_grant("Invalid JWT Signature.") from error


def _check_times(claims: dict[str, Any], rules: AssertionRules) -> None:
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int | float) or not isinstance(expires, int | float):
        raise _invalid_grant(SHORT_LIVED)
    alive = issued - rules.skew_seconds <= rules.now < expires + rules.skew_seconds
    if not alive or not 0 < expires - issued <= LIFETIME_SECONDS:
        raise _invalid_grant(SHORT_LIVED)


def _invalid_grant(description: str) -> Refused:
    return Refused(token_error(400, "invalid_grant", description))


def _base64url(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
