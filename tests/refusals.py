"""Every refusal of the published API as data: run on the handlers in process, and over HTTP on a deployed stack.

The requests are made in a world of their own (`tests.api_world`). Nothing may change by a request that is refused.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from integrations.api.call import BODY_MAXIMUM_BYTES
from integrations.domain.api_key import Level
from integrations.providers.registry import service_types
from tests.api_world import JSON, OUR_JOB, THEIR_JOB, Request


@dataclass(frozen=True)
class Refusal:
    """A request and its refusal; `fields` are those of the details. `accepted` is a request made before it."""

    name: str
    request: Request
    status: int
    code: str
    fields: tuple[str, ...] = ()
    accepted: Request | None = None


ENDPOINTS: Mapping[str, tuple[str, str, Level]] = MappingProxyType(
    {
        "list_integrations": ("GET", "/integrations", "read"),
        "get_integration": ("GET", "/integrations/int_active", "admin"),
        "create_integration": ("POST", "/integrations", "admin"),
        "update_integration": ("PATCH", "/integrations/int_active", "admin"),
        "delete_integration": ("DELETE", "/integrations/int_active", "admin"),
        "put_credentials": ("PUT", "/integrations/int_active/credentials", "admin"),
        "list_audit": ("GET", "/integrations/int_active/events", "admin"),
        "trigger_sync": ("POST", "/integrations/int_active/sync", "write"),
        "test_connection": ("POST", "/integrations/int_active/test", "write"),
        "preview_sync": ("POST", "/integrations/int_active/preview", "admin"),
        "list_fields": ("GET", "/integrations/int_active/fields", "admin"),
        "list_jobs": ("GET", "/jobs", "read"),
        "get_job": ("GET", f"/jobs/{OUR_JOB}", "read"),
        "cancel_job": ("POST", f"/jobs/{OUR_JOB}/cancel", "write"),
    }
)


def _of_every_endpoint() -> Iterator[Refusal]:
    for name, (method, path, level) in ENDPOINTS.items():
        request = Request(method, path, "both")
        yield Refusal(f"{name}: which project?", request, 400, "project_required")
        unknown = replace(request, headers={"X-Project-Id": "nobodys"})
        yield Refusal(f"{name}: unknown project", unknown, 404, "project_not_found")
        foreign = replace(request, key="admin", headers={"x-project-id": "{theirs}"})
        yield Refusal(f"{name}: another's project", foreign, 404, "project_not_found")
        for lower in ("read", "write") if level == "admin" else ("read",) if level == "write" else ():
            below = replace(request, key=lower)
            yield Refusal(f"{name}: {lower} isn't {level}", below, 403, "insufficient_permission")
            # The project comes before the permission, and the permission before the body.
            elsewhere = replace(below, headers={"X-Project-Id": "nobodys"})
            yield Refusal(f"{name}: {lower}, unknown project", elsewhere, 404, "project_not_found")


def _of_every_key() -> Iterator[Refusal]:
    bad = {
        "no key": None,
        "unknown key": "unknown",
        "revoked key": "revoked",
        "no bearer": "Basic ZHM6ZHM=",
        "no key of ours": "Bearer ds_short",
        "a bearer of nothing": "Bearer",
    }
    for name, (method, path, _) in ENDPOINTS.items():
        for kind, key in bad.items():
            yield Refusal(f"{name}: {kind}", Request(method, path, key), 401, "unauthorized")
    unknown_project = Request("GET", "/integrations", "unknown", {"X-Project-Id": "nobodys"})
    yield Refusal("unknown key, unknown project", unknown_project, 401, "unauthorized")


def _of_things() -> Iterator[Refusal]:
    for method, path in (
        ("GET", ""),
        ("POST", "/sync"),
        ("POST", "/test"),
        ("PATCH", ""),
        ("DELETE", ""),
        ("PUT", "/credentials"),
        ("GET", "/events"),
        ("POST", "/preview"),
        ("GET", "/fields"),
    ):
        for id, whose in (("int_nobody", "unknown"), ("int_theirs", "another's"), ("INT_ACTIVE", "other case")):
            request = Request(method, f"/integrations/{id}{path}", "admin")
            yield Refusal(f"{whose} integration {method} {path}", request, 404, "integration_not_found")
    for id, whose in ((THEIR_JOB, "another's"), ("nothing", "unknown")):
        yield Refusal(f"{whose} job", Request("GET", f"/jobs/{id}", "read"), 404, "job_not_found")
        cancelled = Request("POST", f"/jobs/{id}/cancel", "write")
        yield Refusal(f"{whose} job cancelled", cancelled, 404, "job_not_found")
    for id in ("%23", "%25", "%F0%9F%98%80", "%5C%22%3C", "a%20b", "a+b", "x" * 2000):
        yield Refusal(f"job {id}", Request("GET", f"/jobs/{id}", "read"), 404, "job_not_found")
        path = f"/integrations/{id}"
        yield Refusal(f"integration {id}", Request("GET", path, "admin"), 404, "integration_not_found")
        yield Refusal(f"integration {id}, read", Request("GET", path, "read"), 403, "insufficient_permission")
    foreign = Request("GET", f"/jobs/{OUR_JOB}", "both", {"X-Project-Id": "{theirs}"})
    yield Refusal("a job by another of the key's projects", foreign, 404, "job_not_found")


def _of_queries() -> Iterator[Refusal]:
    for query, fields in (
        ("limit=0", ("limit",)),
        ("limit=101", ("limit",)),
        ("limit=-1", ("limit",)),
        ("limit=ten", ("limit",)),
        ("limit=1.0", ("limit",)),
        ("limit=", ("limit",)),
        ("limit=1&limit=2", ("limit",)),
        ("status=done", ("status",)),
        ("status=", ("status",)),
        ("category=mail", ("category",)),
        ("category=mail&limit=0&status=x", ("status", "category", "limit")),
        ("cursor=bm90IG91cnMgYXQgYWxsLCBzb3JyeQ", ("cursor",)),
        ("cursor=%21%21", ("cursor",)),
        ("cursor=", ("cursor",)),
    ):
        yield Refusal(f"jobs?{query}", Request("GET", f"/jobs?{query}", "read"), 422, "validation_failed", fields)
    ordered = Request("GET", "/jobs?limit=0", "admin", {"X-Project-Id": "nobodys"})
    yield Refusal("unknown project before a wrong limit", ordered, 404, "project_not_found")


def _sync(body: str | None, id: str = "int_active", key: str = "write", **headers: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("POST", f"/integrations/{id}/sync", key, {**JSON, **named}, body)


def _of_bodies() -> Iterator[Refusal]:
    ids = [f"e{number}" for number in range(1001)]
    for name, body, fields in (
        ("unknown direction", {"direction": "up"}, ("direction",)),
        ("null direction", {"direction": None}, ("direction",)),
        ("a number for a direction", {"direction": 1}, ("direction",)),
        ("unknown mode", {"direction": "push", "mode": "fast"}, ("mode",)),
        ("unknown keys", {"direction": "push", "entityTypeIds": [], "force": True}, ("entityTypeIds", "force")),
        ("keys of another case", {"Direction": "push", "entity_ids": ["a"]}, ("Direction", "entity_ids")),
        ("no entities", {"entityIds": []}, ("entityIds",)),
        ("null for entities", {"entityIds": None}, ("entityIds",)),
        ("a string for entities", {"entityIds": "a"}, ("entityIds",)),
        ("1,001 entities", {"entityIds": ids}, ("entityIds",)),
        ("an empty id", {"entityIds": ["a", "b", "c", ""]}, ("entityIds[3]",)),
        ("an id of 129", {"entityIds": ["a" * 129]}, ("entityIds[0]",)),
        ("a number for an id", {"entityIds": ["a", 7, None]}, ("entityIds[1]", "entityIds[2]")),
        ("everything wrong", {"direction": "up", "mode": 3, "entityIds": [{}]}, ("direction", "entityIds[0]", "mode")),
        ("a list", [{"direction": "push"}], ("body",)),
        ("null", None, ("body",)),
        ("a string", "push", ("body",)),
    ):
        yield Refusal(f"sync: {name}", _sync(json.dumps(body)), 422, "validation_failed", fields)
    for name, text in (("half a body", '{"direction":'), ("no JSON", "direction=push"), ("more than one", "{}{}")):
        yield Refusal(f"sync: {name}", _sync(text), 400, "malformed_json")
    deep = _sync('{"entityIds":' + "[" * 10_000)
    yield Refusal("sync: nested without end", deep, 400, "malformed_json")
    large = _sync(json.dumps({"direction": "push", "more": "x" * BODY_MAXIMUM_BYTES}))
    yield Refusal("sync: too large", large, 413, "payload_too_large")
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "application/jsonp; charset=utf-8"):
        typed = _sync('{"direction": "push"}', Content_Type=media_type)
        yield Refusal(f"sync: {media_type}", typed, 415, "unsupported_media_type")
    for name, key in (("129 characters", "k" * 129),):
        yield Refusal(
            f"sync: an idempotency key of {name}",
            _sync("{}", Idempotency_Key=key),
            422,
            "validation_failed",
            ("Idempotency-Key",),
        )


def _of_states() -> Iterator[Refusal]:
    yield Refusal("sync: inactive", _sync(None, "int_inactive"), 409, "integration_inactive")
    yield Refusal("sync: without credentials", _sync('{"direction":"pull"}', "int_bare"), 409, "credentials_missing")
    yield Refusal(
        "sync: another body for the key",
        _sync('{"direction":"pull"}', Idempotency_Key="once"),
        422,
        "idempotency_key_reused",
        accepted=_sync('{"direction":"push"}', Idempotency_Key="once"),
    )
    if "google_search_console" in service_types():
        pushed = _sync('{"direction":"push"}', "int_search")
        yield Refusal("sync: no such direction", pushed, 422, "direction_not_supported")
        narrowed = _sync('{"entityIds":["a"]}', "int_search")
        yield Refusal("sync: not by entity", narrowed, 422, "entity_ids_not_supported")


def _of_order() -> Iterator[Refusal]:
    """Two reasons each; the one that comes first in the contract is given."""
    broken, wrong = '{"direction":', '{"direction":"up"}'
    text = {"Content-Type": "text/plain"}
    for body in (broken, wrong):
        yield Refusal(f"403 before {body}", _sync(body, key="read"), 403, "insufficient_permission")
        yield Refusal(f"404 before {body}", _sync(body, "int_nobody"), 404, "integration_not_found")
    yield Refusal("404 before 415", replace(_sync(wrong, "int_nobody"), headers=text), 404, "integration_not_found")
    yield Refusal("403 before 404", _sync(None, "int_nobody", key="read"), 403, "insufficient_permission")
    yield Refusal("403 before 409", _sync(None, "int_inactive", key="read"), 403, "insufficient_permission")
    yield Refusal("415 before 400", replace(_sync(broken), headers=text), 415, "unsupported_media_type")
    yield Refusal("400 before 409", _sync(broken, "int_inactive"), 400, "malformed_json")
    yield Refusal("422 before 409", _sync(wrong, "int_inactive"), 422, "validation_failed", ("direction",))
    yield Refusal("415 before 409", replace(_sync(wrong, "int_bare"), headers=text), 415, "unsupported_media_type")


OF_KEYS: tuple[Refusal, ...] = tuple(_of_every_key())
"""The authorizer's, answered by the gateway."""
OF_HANDLERS: tuple[Refusal, ...] = (
    *_of_every_endpoint(),
    *_of_things(),
    *_of_queries(),
    *_of_bodies(),
    *_of_states(),
    *_of_order(),
)
OF_ROUTES: tuple[Refusal, ...] = tuple(
    Refusal(f"{method} {path}", Request(method, path, "admin"), 404, "route_not_found")
    for method, path in (("GET", "/nothing"), ("DELETE", "/jobs"), ("POST", "/jobs"), ("GET", "/integrations/x/sync"))
)
"""The gateway's own: no handler is reached."""
