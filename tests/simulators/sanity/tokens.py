"""API tokens: which role a token has, which project it belongs to, whether it has expired."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.simulators.exchange import Request
from tests.simulators.sanity.errors import Refused, unauthorized

WRITING_ROLES = frozenset({"editor", "developer", "administrator"})
ROLES = WRITING_ROLES | {"viewer"}


@dataclass(frozen=True, slots=True)
class Token:
    """A token as an admin of the service would see it. `project_id` None stands for the simulated project."""

    secret: str
    role: str
    project_id: str | None = None
    expired: bool = False

    @property
    def may_write(self) -> bool:
        """Whether its role may mutate."""
        return self.role in WRITING_ROLES


DEFAULT_TOKENS = (
    Token("sim-viewer", "viewer"),
    Token("sim-editor", "editor"),
    Token("sim-elsewhere", "editor", project_id="elsewhere"),
    Token("sim-expired", "editor", expired=True),
)


def tokens_from_json(values: Any) -> tuple[Token, ...]:
    """Reads a list of `{"token", "role", "projectId"?, "expired"?}`. Raises `ValueError`."""
    if not isinstance(values, Sequence) or isinstance(values, str):
        message = "tokens must be a list of {token, role, projectId?, expired?}"
        raise ValueError(message)
    return tuple(_token(value) for value in values)


def caller(request: Request, tokens: Sequence[Token], project_id: str) -> Token | None:
    """The token that the request carries, None without one. Raises `Refused` with the 401 that applies."""
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if not secret:
        return None
    for token in tokens:
        if kind.lower() == "bearer" and hmac.compare_digest(token.secret.encode(), secret.strip().encode()):
            return _checked(token, project_id)
    raise Refused(unauthorized("SIO-401-ANF"))


def _checked(token: Token, project_id: str) -> Token:
    if token.project_id not in (None, project_id):
        raise Refused(unauthorized("SIO-401-AWH"))
    if token.expired:
        raise Refused(unauthorized("SIO-401-AEX"))
    return token


def _token(value: Any) -> Token:
    known = {"token", "role", "projectId", "expired"}
    if not isinstance(value, Mapping) or set(value) - known or value.get("role") not in ROLES or not value.get("token"):
        message = f"a token is {{token, role of {sorted(ROLES)}, projectId?, expired?}}"
        raise ValueError(message)
    return Token(value["token"], value["role"], value.get("projectId"), bool(value.get("expired", False)))
