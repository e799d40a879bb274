"""Lets an API key in: the gateway's REQUEST authorizer. No pydantic and no resolver here: every cold start pays for it.

What AWS asks of it: "Use API Gateway Lambda authorizers" in the API Gateway developer guide.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final, Protocol

from integrations.domain.api_key import ApiKey

AUTHORIZATION_HEADER: Final = "authorization"
_BEARER_KEY: Final = re.compile(r"bearer +(ds_[A-Za-z0-9_-]{43})", re.IGNORECASE)


class ApiKeys(Protocol):
    """The keys that were given out."""

    def find(self, key_sha256_hex: str) -> ApiKey | None:
        """The key's record, a revoked one too."""


def authorize(event: Mapping[str, Any], api_keys: ApiKeys, now: int) -> dict[str, Any]:
    """The policy and context for the key in the Authorization header, at `now` in Unix milliseconds.

    Raises `Exception("Unauthorized")`, by which the gateway knows to answer 401, for no key, an unknown or a revoked
    one: always the same, so that nobody learns which."""
    key_id = _key_id_of(event.get("headers") or {})
    api_key = api_keys.find(key_id) if key_id else None
    if api_key is None or api_key.is_revoked(now):
        raise Exception("Unauthorized")
    return _let_in(api_key, event["methodArn"])


def _key_id_of(headers: Mapping[str, str]) -> str | None:
    """The SHA-256 of the key in hex, which is all that is ever looked up; None for what cannot be a key."""
    given = next((value for name, value in headers.items() if name.lower() == AUTHORIZATION_HEADER), "")
    match = _BEARER_KEY.fullmatch((given or "").strip())
    return hashlib.sha256(match[1].encode()).hexdigest() if match else None


def _let_in(api_key: ApiKey, method_arn: str) -> dict[str, Any]:
    """Allows the whole stage: the gateway keeps the answer per key and applies it to every route, where the key's
    level and projects are checked."""
    api_and_stage = "/".join(method_arn.split("/")[:2])
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": f"{api_and_stage}/*/*"}
    return {
        "principalId": api_key.id,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {
            "keyId": api_key.id,
            "level": api_key.level,
            "projects": ",".join(api_key.project_ids),
            "plan": api_key.plan,
        },
    }
