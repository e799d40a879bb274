"""Access tokens that were given out, with what they may do and until when."""

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class AccessToken:
    """Speaks for `email` with `scopes` until `expires_at`, Unix seconds."""

    secret: str
    email: str
    scopes: tuple[str, ...]
    expires_at: float


class AccessTokens:
    """The tokens by their secret. The n-th token is the same in every run; it opens nothing but a simulator."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: dict[str, AccessToken] = {}
        self._issued = 0

    def issue(self, email: str, scopes: Iterable[str], expires_at: float) -> AccessToken:
        """Makes a token."""
        with self._lock:
            self._issued += 1
            digest = hashlib.sha256(f"{self._issued} {email}".encode()).hexdigest()
            token = AccessToken(f"ya29.sim-{digest}", email, tuple(scopes), expires_at)
            self._tokens[token.secret] = token
            return token

    def find(self, secret: str) -> AccessToken | None:
        """The token, expired or not."""
        return self._tokens.get(secret)

    def revoke_all(self, email: str = "") -> int:
        """Forgets every token, or those of one principal; returns how many."""
        with self._lock:
            kept = {secret: token for secret, token in self._tokens.items() if email not in ("", token.email)}
            gone = len(self._tokens) - len(kept)
            self._tokens = kept
            return gone

    def export(self) -> dict[str, Any]:
        """As JSON, for `load`."""
        with self._lock:
            return {"issued": self._issued, "tokens": [asdict(token) for token in self._tokens.values()]}

    def load(self, state: dict[str, Any]) -> None:
        """Takes up what `export` gave."""
        with self._lock:
            tokens = [AccessToken(**{**token, "scopes": tuple(token["scopes"])}) for token in state["tokens"]]
            self._tokens, self._issued = {token.secret: token for token in tokens}, state["issued"]
