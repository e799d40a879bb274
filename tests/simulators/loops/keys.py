"""The team's API keys. They have no scopes: a key may do everything, an unknown one nothing (PROVIDERS 4.7)."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.simulators.exchange import Request


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """The secrets that are accepted; all of them share the team's rate."""

    secrets: tuple[str, ...] = ("sim-key", "sim-other-key")

    def is_known(self, request: Request) -> bool:
        """Whether the request carries one of them as a bearer token."""
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        secret = given.strip().encode(errors="surrogateescape")
        matches = [hmac.compare_digest(each.encode(), secret) for each in self.secrets]
        return kind.lower() == "bearer" and any(matches)


def api_keys_from_json(value: Any) -> ApiKeys:
    """Reads a list of secrets. Raises `ValueError`."""
    is_list = isinstance(value, Sequence) and not isinstance(value, str)
    if not is_list or not all(isinstance(each, str) and each for each in value):
        message = "apiKeys must be a list of texts that aren't empty"
        raise ValueError(message)
    return ApiKeys(tuple(value))
