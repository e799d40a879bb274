"""Projects with their write-only tokens, and personal API keys with scopes, projects and a region."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from tests.simulators.exchange import MalformedJson, Request
from tests.simulators.posthog.errors import Refused, authentication_failed, not_authenticated, permission_denied


@dataclass(frozen=True, slots=True)
class Project:
    """A project. `token` is what capture takes."""

    id: int
    name: str
    token: str


@dataclass(frozen=True, slots=True)
class PersonalKey:
    """A personal API key. No `projects`: all of them; the scope `*`: all of them."""

    secret: str
    scopes: tuple[str, ...]
    projects: tuple[int, ...] = ()
    region: str = "us"
    revoked: bool = False

    def require_scope(self, scope: str) -> None:
        """Raises `Refused` (403) when the key hasn't the scope; a write scope serves for reading."""
        if not {"*", scope, scope.replace(":read", ":write")} & set(self.scopes):
            raise Refused(permission_denied(f"API key missing required scope '{scope}'"))

    def sees(self, project_id: int) -> bool:
        """Whether the key was given this project."""
        return not self.projects or project_id in self.projects


@dataclass(frozen=True, slots=True)
class Accounts:
    """Who may do what."""

    projects: tuple[Project, ...] = (
        Project(12345, "Simulated", "phc_sim"),
        Project(54321, "Elsewhere", "phc_elsewhere"),
    )
    keys: tuple[PersonalKey, ...] = (
        PersonalKey("phx_sim", ("*",), (12345,)),
        PersonalKey("phx_sim_query", ("query:read",), (12345,)),
        PersonalKey("phx_sim_elsewhere", ("*",), (54321,)),
        PersonalKey("phx_sim_eu", ("*",), (), region="eu"),
        PersonalKey("phx_sim_revoked", ("*",), (), revoked=True),
    )

    def project_of_token(self, token: str) -> Project | None:
        """The project whose capture token this is."""
        return next((each for each in self.projects if each.token == token), None)

    def caller(self, request: Request, region: str) -> PersonalKey:
        """The key that the request carries. Raises `Refused` with the 401 that applies."""
        secret = _secret(request)
        if secret is None:
            raise Refused(not_authenticated())
        for key in self.keys:
            if hmac.compare_digest(key.secret.encode(), secret.encode()):
                if key.revoked or key.region != region:
                    break
                return key
        raise Refused(authentication_failed())

    def changed(self, changes: Mapping[str, Any]) -> Self:
        """With `projects` and `keys` replaced where they are given. Raises `ValueError`."""
        projects = tuple(_project(each) for each in _list(changes["projects"])) if "projects" in changes else None
        keys = tuple(_key(each) for each in _list(changes["keys"])) if "keys" in changes else None
        return type(self)(projects or self.projects, self.keys if keys is None else keys)

    def described(self) -> dict[str, Any]:
        """Projects, and keys without their secrets."""
        return {
            "projects": [{"id": each.id, "name": each.name} for each in self.projects],
            "keys": [
                {"scopes": each.scopes, "projects": each.projects, "region": each.region, "revoked": each.revoked}
                for each in self.keys
            ],
        }


def _secret(request: Request) -> str | None:
    """The header's bearer, else `personal_api_key` in the body or the query."""
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and secret.strip():
        return secret.strip()
    try:
        body = request.json if request.body else None
    except MalformedJson:
        body = None
    given = body.get("personal_api_key") if isinstance(body, dict) else None
    given = given or request.parameters.get("personal_api_key")
    return given if isinstance(given, str) and given else None


def _list(value: Any) -> Sequence[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        message = "projects are a list of {id, name?, token}, keys of {key, scopes, projects?, region?, revoked?}"
        raise ValueError(message)
    return value


def _project(value: Mapping[str, Any]) -> Project:
    return Project(int(value["id"]), str(value.get("name", "Simulated")), str(value["token"]))


def _key(value: Mapping[str, Any]) -> PersonalKey:
    projects = tuple(int(each) for each in value.get("projects", ()))
    revoked = bool(value.get("revoked", False))
    return PersonalKey(value["key"], tuple(value["scopes"]), projects, value.get("region", "us"), revoked)
