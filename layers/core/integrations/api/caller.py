"""Who calls, and for which project: the authorizer's context and the headers, in the contract's order of refusals."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.domain.api_key import Level, level_suffices
from integrations.domain.errors import InsufficientPermission, ProjectNotFound, ProjectRequired, Unauthorized

PROJECT_HEADER = "X-Project-Id"


@dataclass(frozen=True, slots=True)
class Caller:
    """An accepted API key: `key_id` is its SHA-256 in hex, never the key; `project_ids` are those it serves."""

    key_id: str
    level: str
    project_ids: tuple[str, ...]
    plan: str


def caller_of(authorizer_context: Mapping[str, Any] | None) -> Caller:
    """The caller that the authorizer let in. Raises `Unauthorized` when no authorizer has spoken."""
    context = authorizer_context or {}
    if not context.get("keyId"):
        message = "no API key was accepted; send one as 'Authorization: Bearer ds_…'"
        raise Unauthorized(message)
    projects = tuple(project for project in str(context.get("projects", "")).split(",") if project)
    return Caller(context["keyId"], str(context.get("level", "")), projects, str(context.get("plan", "")))


def project_asked_for(caller: Caller, header: str | None) -> str:
    """The project of the request. Raises `ProjectRequired` or `ProjectNotFound`.

    The same answer for a project that doesn't exist and one that the key doesn't serve: nobody learns which."""
    asked = (header or "").strip()
    if not asked and len(caller.project_ids) == 1:
        return caller.project_ids[0]
    if not asked:
        message = (
            f"this API key serves {len(caller.project_ids)} projects; say which one in the {PROJECT_HEADER} header"
        )
        raise ProjectRequired(message)
    if asked not in caller.project_ids:
        message = f"this API key serves no project {asked[:128]!r}; check the {PROJECT_HEADER} header"
        raise ProjectNotFound(message)
    return asked


def require_level(caller: Caller, needed: Level) -> None:
    """Raises `InsufficientPermission` for a key below the operation's level."""
    if not level_suffices(caller.level, needed):
        message = f"this takes an API key of level {needed}; the one given has level {caller.level or 'none'}"
        raise InsufficientPermission(message)
