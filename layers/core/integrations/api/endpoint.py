"""What every endpoint has in common: admission, the envelope, one log line a call, a page in the OpenAPI document."""

import inspect
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from pydantic import BaseModel

from integrations.api.call import ApiCall
from integrations.api.documentation import Page, responses_of, signature_of
from integrations.api.log import log
from integrations.api.problems import headers_of, problem_of, status_of
from integrations.domain.api_key import Level
from integrations.domain.errors import RouteNotFound

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

type Handle = Callable[..., BaseModel | None]


@dataclass(frozen=True)
class Route:
    """A route as Powertools calls it. Its signature is what the OpenAPI document is made from, and only then built."""

    app: APIGatewayRestResolver
    path: str
    level: Level
    page: Page
    handle: Handle

    def __call__(self, **path_values: str) -> Response[str]:
        """Admits the call, hands it to the handler, and puts what that answers into the envelope."""
        call = ApiCall.admit(self.app.current_event, self.level)
        log().append_keys(project_id=call.project_id, key_id=call.caller.key_id[:12])
        answer = self.handle(call, **path_values)
        return _response(self.page.success[0], None if answer is None else _enveloped(answer))

    @property
    def __name__(self) -> str:
        return self.handle.__name__

    @property
    def __signature__(self) -> inspect.Signature:
        return signature_of(self.path, self.page)


def resolver() -> APIGatewayRestResolver:
    """An API whose every refusal comes in the envelope."""
    app = APIGatewayRestResolver(debug=False)

    def refuse(error: Exception) -> Response[str]:
        event = app.current_event
        if isinstance(error, NotFoundError):
            error = RouteNotFound(f"{event.http_method} {event.path} is not part of this API; see /api/v1/docs")
        if status_of(type(error)) >= 500:
            log().error("the call failed", exc_info=error)
        request_id = str(event.request_context.get("requestId", ""))
        return _response(status_of(type(error)), problem_of(error, request_id), headers_of(error))

    app.exception_handler(Exception)(refuse)
    return app


def endpoint(
    app: APIGatewayRestResolver, method: str, path: str, level: Level, page: Page
) -> Callable[[Handle], Handle]:
    """Makes a function the endpoint `method path`: it is called with an admitted `ApiCall` and the path's values."""

    def register(handle: Handle) -> Handle:
        app.route(
            path,
            method,
            summary=page.summary,
            description=f"{page.description} Needs a key of level `{level}`.",
            tags=[page.tag],
            operation_id=handle.__name__,
            responses=responses_of(page, level),
        )(Route(app, path, level, page, handle))
        return handle

    return register


def serve(app: APIGatewayRestResolver, event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Answers one event of the gateway, with one line in the log under the gateway's request id."""

    def answer(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
        started = time.perf_counter()
        response = app.resolve(event, context)
        log().info(
            "answered",
            method=event.get("httpMethod"),
            route=event.get("resource"),
            status=response["statusCode"],
            duration_ms=round((time.perf_counter() - started) * 1000),
        )
        return response

    logged = log().inject_lambda_context(
        answer, log_event=False, clear_state=True, correlation_id_path="requestContext.requestId"
    )
    return logged(event, context)


def _enveloped(answer: BaseModel) -> dict[str, Any]:
    """`meta` is left out where there is nothing to say."""
    envelope = answer.model_dump(mode="json")
    if envelope.get("meta") is None:
        envelope.pop("meta", None)
    return envelope


def _response(status: int, body: dict[str, Any] | None, headers: dict[str, str] | None = None) -> Response[str]:
    text = "" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(status, "application/json" if text else None, text, headers=headers)
