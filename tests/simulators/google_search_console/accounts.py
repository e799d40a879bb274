"""Who may ask for a token: service accounts with their public keys, and users with their refresh tokens."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.simulators.switches import camel_case

GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token"
WRITE_SCOPE = "https://www.googleapis.com/auth/webmasters"
READ_SCOPE = "https://www.googleapis.com/auth/webmasters.readonly"


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A service account as Google knows it: `public_key` is PEM; `private_key_id` "" takes any `kid`."""

    client_email: str
    public_key: str
    private_key_id: str = ""
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """A user's consent: what an OAuth client may do with the refresh token."""

    email: str
    client_id: str
    client_secret: str
    refresh_token: str
    scopes: tuple[str, ...] = (READ_SCOPE,)
    revoked: bool = False


DEFAULT_GRANTS = (Grant("sim@example.com", "sim-client", "sim-secret", "sim-refresh"),)


def service_accounts_from_json(values: Any) -> tuple[ServiceAccount, ...]:
    """Reads a list of `{"clientEmail", "publicKey", "privateKeyId"?, "disabled"?}`. Raises `ValueError`."""
    accounts = tuple(_read(ServiceAccount, value) for value in _listed(values, "serviceAccounts"))
    for account in accounts:
        key = serialization.load_pem_public_key(account.public_key.encode())
        if not isinstance(key, rsa.RSAPublicKey):
            message = f"the public key of {account.client_email} must be an RSA key"
            raise ValueError(message)
    return accounts


def grants_from_json(values: Any) -> tuple[Grant, ...]:
    """Reads a list of `{"email", "clientId", "clientSecret", "refreshToken", "scopes"?, "revoked"?}`."""
    given = [dict(value) for value in _listed(values, "refreshTokens")]
    return tuple(_read(Grant, value | {"scopes": tuple(value.get("scopes", (READ_SCOPE,)))}) for value in given)


def account_to_json(account: ServiceAccount | Grant) -> dict[str, Any]:
    """What `service_accounts_from_json` and `grants_from_json` read."""
    return {camel_case(name): value for name, value in asdict(account).items()}


def new_key_file(client_email: str, token_uri: str) -> tuple[ServiceAccount, dict[str, str]]:
    """Makes a key pair: the account that Google keeps, and the key file that its owner downloads."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key_id = hashlib.sha256(public).hexdigest()[:40]
    account = ServiceAccount(client_email, public.decode(), key_id)
    return account, {
        "type": "service_account",
        "project_id": client_email.partition("@")[2].partition(".")[0],
        "private_key_id": key_id,
        "private_key": private.decode(),
        "client_email": client_email,
        "client_id": str(int(key_id[:16], 16)),
        "token_uri": token_uri,
    }


def _listed(values: Any, name: str) -> Sequence[Any]:
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        message = f"{name} must be a list of objects, got {json.dumps(values)[:80]}"
        raise ValueError(message)
    return values


def _read[Account](kind: type[Account], value: Mapping[str, Any]) -> Account:
    names = {camel_case(field.name): field.name for field in fields(kind)}  # type: ignore[arg-type]
    if set(value) - set(names):
        message = f"{kind.__name__} takes {sorted(names)}, got {sorted(value)}"
        raise ValueError(message)
    return kind(**{names[key]: item for key, item in value.items()})
