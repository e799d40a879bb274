"""The gateway as handlers see it: a REQUEST authorizer's event, then a proxy event with what the authorizer said.

Shapes: "Input to an API Gateway Lambda authorizer" and "Input format of a Lambda function for proxy integration" in the
API Gateway developer guide. What the gateway answers by itself is for the end-to-end tests.
"""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import BaseModel

ARN = "arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/live"
ROUTES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("GET", "/api/v1/integrations"): "list_integrations",
        ("POST", "/api/v1/integrations"): "create_integration",
        ("GET", "/api/v1/integrations/{id}"): "get_integration",
        ("DELETE", "/api/v1/integrations/{id}"): "delete_integration",
        ("PATCH", "/api/v1/integrations/{id}"): "update_integration",
        ("PUT", "/api/v1/integrations/{id}/credentials"): "put_credentials",
        ("GET", "/api/v1/integrations/{id}/events"): "list_audit",
        ("POST", "/api/v1/integrations/{id}/sync"): "trigger_sync",
        ("POST", "/api/v1/integrations/{id}/test"): "test_connection",
        ("POST", "/api/v1/integrations/{id}/preview"): "preview_sync",
        ("GET", "/api/v1/integrations/{id}/fields"): "list_fields",
        ("GET", "/api/v1/jobs"): "list_jobs",
        ("GET", "/api/v1/jobs/{id}"): "get_job",
        ("POST", "/api/v1/jobs/{id}/cancel"): "cancel_job",
    }
)


@dataclass(frozen=True)
class Answer:
    """What the client gets."""

    status: int
    headers: Mapping[str, str]
    body: Any

    def require[M: BaseModel](self, envelope: type[M]) -> M:
        """The body as the documented envelope, of which it has every field and no other."""
        read = envelope.model_validate(self.body)
        assert read.model_dump(mode="json", exclude_unset=True) == self.body
        return read

    @property
    def code(self) -> str:
        """The refusal's code."""
        return str(self.body["error"]["code"])


class Context:
    """Of an invocation."""

    function_name = "function"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:function"
    aws_request_id = "8b5b5c3a-0000-4000-8000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        return 10_000


def handler(name: str) -> Any:
    """The module of a function."""
    return import_module(f"functions.{name}.app")


def request(method: str, path: str, headers: Mapping[str, str] | None = None, body: str | None = None) -> Answer:
    """A call of the API, `path` being what follows `/api/v1`; fails with `KeyError` for a route that isn't there.

    An authorizer that raises raises here."""
    split = urlsplit(f"/api/v1{path}")
    resource = next(route for verb, route in ROUTES if verb == method and _matches(route, split.path))
    event = proxy_event(method, resource, split.path, split.query, headers or {}, body)
    allowed = handler("authorize").lambda_handler(authorizer_event(event), Context())
    event["requestContext"]["authorizer"] = {"principalId": allowed["principalId"], **allowed["context"]}
    return invoke(ROUTES[method, resource], event)


def invoke(name: str, event: dict[str, Any]) -> Answer:
    """Runs a function on an event as Lambda does: through JSON, both ways."""
    answer = json.loads(json.dumps(handler(name).lambda_handler(json.loads(json.dumps(event)), Context())))
    headers = {key: values[0] for key, values in (answer.get("multiValueHeaders") or {}).items()}
    return Answer(answer["statusCode"], headers, json.loads(answer["body"]) if answer["body"] else None)


def proxy_event(
    method: str, resource: str, path: str, query: str, headers: Mapping[str, str], body: str | None
) -> dict[str, Any]:
    """A REST API's proxy event, without what an authorizer adds."""
    pairs = parse_qsl(query, keep_blank_values=True)
    multi = {name: [value for other, value in pairs if other == name] for name, _ in pairs}
    identity = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", resource), path)
    return {
        "resource": resource,
        "path": unquote(path),
        "httpMethod": method,
        "headers": dict(headers) or None,
        "multiValueHeaders": {name: [value] for name, value in headers.items()} or None,
        "queryStringParameters": dict(pairs) or None,
        "multiValueQueryStringParameters": multi or None,
        "pathParameters": (identity and identity.groupdict()) or None,
        "stageVariables": None,
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "resourcePath": resource,
            "httpMethod": method,
            "path": f"/live{path}",
            "stage": "live",
            "accountId": "123456789012",
            "apiId": "abcdef1234",
            "protocol": "HTTP/1.1",
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "test"},
        },
        "body": body,
        "isBase64Encoded": False,
    }


def authorizer_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """What the authorizer gets of the same request."""
    arn = f"{ARN}/{event['httpMethod']}{event['path']}"
    return {"type": "REQUEST", "methodArn": arn, **{key: event[key] for key in event if key != "body"}}


def _matches(route: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", route), path) is not None
