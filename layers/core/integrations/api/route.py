"""What every endpoint has in common: admission, the envelope, one log line a call, a page in the OpenAPI document."""

import inspect
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from integrations.api.call import ApiCall
from integrations.api.log import log
from integrations.api.plan_limit import PlanLimits, require_turn
from integrations.api.problems import headers_of, problem_of, status_of
from integrations.domain.api_key import Level
from integrations.domain.errors import IntegrationsError, RouteNotFound

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from pydantic import BaseModel

type Handle = Callable[..., dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Page:
    """What an endpoint's page in the OpenAPI document says.

    `success` is its status and the name of its envelope in `api.envelopes`, which only the document loads, None for an
    empty answer; `refusals` the errors beyond those that follow from level and inputs; `query`, `headers` and `body`
    what the route reads.
    """

    summary: str
    description: str
    tag: str
    success: tuple[int, str | None]
    refusals: tuple[type[IntegrationsError], ...] = ()
    query: "type[BaseModel] | None" = None
    headers: "type[BaseModel] | None" = None
    body: "type[BaseModel] | None" = None


@dataclass(frozen=True)
class Route:
    """A route as Powertools calls it. Its signature is what the document's page is made from, and only then built."""

    api: "Api"
    path: str
    level: Level
    page: Page
    handle: Handle
    responses: dict[int, Any] = field(default_factory=dict)

    def __call__(self, **path_values: str) -> Response[str]:
        """Admits the call, and hands it to the handler."""
        call = ApiCall.admit(self.api.current_event, self.level)
        log().append_keys(project_id=call.project_id, key_id=call.caller.key_id[:12])
        require_turn(call.caller.plan, call.project_id, self.api.limits())
        values = {name: unquote(value) for name, value in path_values.items()}
        return _response(self.page.success[0], self.handle(call, **values))

    @property
    def __name__(self) -> str:
        return self.handle.__name__

    @property
    def __signature__(self) -> inspect.Signature:
        from integrations.api.documentation import signature_of

        return signature_of(self.path, self.page)


class Api(APIGatewayRestResolver):
    """One function's part of the API: its endpoints, and every refusal in the envelope. `limits` are asked for with
    each call."""

    def __init__(self, limits: Callable[[], PlanLimits]) -> None:
        super().__init__(debug=False)
        self.limits = limits
        self._pages: list[Route] = []
        self.exception_handler(Exception)(self._refuse)

    def endpoint(self, method: str, path: str, level: Level, page: Page) -> Callable[[Handle], Handle]:
        """Makes a function the endpoint `method path`: it is called with an admitted `ApiCall` and the path's values,
        and answers with the envelope, or None where there is nothing to say."""

        def register(handle: Handle) -> Handle:
            route = Route(self, path, level, page, handle)
            self._pages.append(route)
            self.route(
                path,
                method,
                summary=page.summary,
                description=f"{page.description} Needs a key of level `{level}`.",
                tags=[page.tag],
                operation_id=handle.__name__,
                responses=route.responses,
            )(route)
            return handle

        return register

    def get_openapi_schema(self, **document: Any) -> Any:  # noqa: ANN401 - as the method it completes
        """The document, its pages' answers filled in first: calls of the API don't need them."""
        from integrations.api.documentation import responses_of

        for route in self._pages:
            route.responses.update(responses_of(route.page, route.level))
        return super().get_openapi_schema(**document)

    def serve(self, event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
        """Answers one event of the gateway, with one line in the log under the gateway's request id."""
        logged = log().inject_lambda_context(
            self._answer, log_event=False, clear_state=True, correlation_id_path="requestContext.requestId"
        )
        return logged(event, context)

    def _answer(self, event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
        started = time.perf_counter()
        # Powertools' routes know only some characters; ids are any. So paths are matched percent-encoded.
        path = quote(event.get("path") or "", safe="/", errors="replace")
        answer = self.resolve({**event, "path": path}, context)
        log().info(
            "answered",
            method=event.get("httpMethod"),
            route=event.get("resource"),
            status=answer["statusCode"],
            duration_ms=round((time.perf_counter() - started) * 1000),
        )
        return answer

    def _refuse(self, error: Exception) -> Response[str]:
        event = self.current_event
        if isinstance(error, NotFoundError):
            error = RouteNotFound(f"{event.http_method} {event.path} is not part of this API; see /api/v1/docs")
        status = status_of(type(error))
        if status >= 500:
            log().error("the call failed", exc_info=error)
        request_id = str(event.request_context.get("requestId", ""))
        return _response(status, problem_of(error, request_id), headers_of(error))


def _response(status: int, body: dict[str, Any] | None, headers: dict[str, str] | None = None) -> Response[str]:
    text = "" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(status, "application/json" if text else None, text, headers=headers)
