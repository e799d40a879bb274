"""A service that says everything it was told in all of its answers.

It stands behind the real clients as an httpx transport. Each way it misbehaves is a function of the request; texts that
it echoes hold the request, and the plant's secrets as they are, percent-encoded, escaped and line by line.
"""

import gzip
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, quote_plus

import httpx

from tests.integration.api.secrets.plants import ACCESS_TOKEN, Plant

type Misbehaviour = Callable[[httpx.Request, str], httpx.Response]

READ_SCOPE = "https://www.googleapis.com/auth/webmasters.readonly"


def network(plant: Plant, misbehave: Misbehaviour) -> Callable[[httpx.Request], httpx.Response]:
    """The whole network of the plant's clients."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "oauth2.googleapis.com" and misbehave not in OF_TOKENS.values():
            return httpx.Response(200, json={"access_token": ACCESS_TOKEN, "expires_in": 3599, "scope": READ_SCOPE})
        return misbehave(request, _echo(plant, request))

    return answer


def _echo(plant: Plant, request: httpx.Request) -> str:
    """Short secrets first, since texts are cut; at the token endpoint the signed assertion."""
    lent = (ACCESS_TOKEN,) if ACCESS_TOKEN in request.headers.get("authorization", "") else ()
    secrets = sorted((*plant.told, *lent), key=len)
    forms = [form for secret in secrets for form in (secret, quote(secret, safe=""), quote_plus(secret))]
    lines = [line for secret in secrets for line in secret.splitlines() if len(secret.splitlines()) > 1]
    body = gzip.decompress(request.content) if request.headers.get("content-encoding") else request.content
    told = [request.headers.get("authorization", ""), body.decode(errors="replace")]
    first = told if request.url.path == "/token" else []
    return " ".join([*first, *forms, *lines, *(json.dumps(secret)[1:-1] for secret in secrets), *told])


def _refused(status: int, error_is_text: bool, **headers: str) -> Misbehaviour:
    """The forms of all services at once, but for `error`, which some have as a text."""

    def answer(request: httpx.Request, echo: str) -> httpx.Response:
        inner = {"type": echo, "id": echo, "description": echo, "message": echo, "reason": echo, "path": [echo]}
        item = {"index": 0, "error": inner}
        error = {**inner, "items": [item], "errors": [inner], "details": [inner], "status": echo, "code": status}
        names = ("message", "detail", "error_description", "errorCode", "attr", "type", "code", "path")
        body: dict[str, Any] = dict.fromkeys(names, echo)
        return httpx.Response(status, headers=headers, json={**body, "error": echo if error_is_text else error})

    return answer


def _text(status: int, template: str) -> Misbehaviour:
    def answer(request: httpx.Request, echo: str) -> httpx.Response:
        return httpx.Response(status, text=template.replace("ECHO", echo))

    return answer


def _breaking(error: type[httpx.TransportError]) -> Misbehaviour:
    def answer(request: httpx.Request, echo: str) -> httpx.Response:
        raise error(f"{request.method} {request.url} {dict(request.headers)} {echo}", request=request)

    return answer


def _moved(request: httpx.Request, echo: str) -> httpx.Response:
    return httpx.Response(302, headers={"Location": f"https://example.com/?{quote(echo)}"}, json={"message": echo})


def _odd(request: httpx.Request, echo: str) -> httpx.Response:
    """What was asked for, by its names, with texts where there should be anything else."""
    names = ("result", "results", "documents", "rows", "permissionLevel", "next", "transactionId", "access_token")
    return httpx.Response(200, headers={"Retry-After": "1"}, json=dict.fromkeys(names, f"{echo}\n"))


def _knows_others(request: httpx.Request, echo: str) -> httpx.Response:
    """Refuses what was asked for, and then names other things by everything it knows."""
    name = f"production {echo}"
    if request.url.path.endswith("/datasets"):
        return httpx.Response(200, json=[{"name": name}])
    if request.url.path in ("/api/projects/", "/webmasters/v3/sites"):
        site = {"siteUrl": f"https://example.com/{echo}", "permissionLevel": echo}
        return httpx.Response(200, json={"results": [{"id": name, "name": name}], "siteEntry": [site]})
    error = {"message": "Project not found", "description": "Dataset not found", "errors": [{"reason": "forbidden"}]}
    return httpx.Response(403 if "google" in request.url.host else 404, json={"error": error, "message": echo})


def _describes_itself(request: httpx.Request, echo: str) -> httpx.Response:
    """Lets the key in, and says who it is."""
    said = {"success": True, "teamName": echo, "permissionLevel": echo, "api_token": echo, "name": echo, "id": echo}
    return httpx.Response(200, json=said)


OF_TOKENS: Mapping[str, Misbehaviour] = MappingProxyType(
    {f"token endpoint refuses with {status}": _refused(status, True) for status in (400, 401, 403, 429, 500)}
    | {
        "token endpoint answers no JSON": _text(200, '{"access_token": "ECHO'),
        "token endpoint answers oddly": _odd,
        "token endpoint doesn't answer": _breaking(httpx.ReadTimeout),
    }
)
MISBEHAVIOURS: Mapping[str, Misbehaviour] = MappingProxyType(
    {f"refuses with {status}": _refused(status, False) for status in (400, 401, 403, 404, 409, 413, 422, 429, 500)}
    | {f"refuses with {status}, as text": _refused(status, True) for status in (400, 401, 403, 404, 409, 429)}
    | {
        "asks to wait": _refused(503, True, **{"Retry-After": "7200"}),
        "redirects": _moved,
        "refuses in plain text": _text(400, "ECHO"),
        "refuses with a string": _text(400, '"ECHO"'),
        "fails with a page": _text(502, "<html>ECHO</html>"),
        "answers no JSON": _text(200, '{"result": "ECHO'),
        "answers nothing": _text(200, ""),
        "answers oddly": lambda request, echo: _odd(request, echo),
        "names others": _knows_others,
        "describes itself": _describes_itself,
        "times out": _breaking(httpx.ReadTimeout),
        "can't be reached": _breaking(httpx.ConnectError),
        "breaks off": _breaking(httpx.RemoteProtocolError),
        "can't be understood": _breaking(httpx.LocalProtocolError),
    }
)
