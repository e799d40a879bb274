"""One call of the API: who asks, for which project, and what was sent.

Inputs are read when the route asks for them, so that a route refuses in the contract's order: what it doesn't find
(404) before what it can't read (415, 400, 422). Powertools' own validation reads everything before the route runs,
and takes `[x]` for `x`; it is not switched on.
"""

from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from integrations.api.caller import PROJECT_HEADER, Caller, caller_of, project_asked_for, require_level
from integrations.domain.api_key import Level
from integrations.domain.errors import BodyTooLarge, UnsupportedMediaType, ValidationFailed

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
    from pydantic import BaseModel

BODY_MAXIMUM_BYTES: Final = 2 * 1024 * 1024
"""Above the largest legal body: 1,000 ids of 128 characters, each up to 12 bytes when written as JSON escapes."""


@dataclass(frozen=True, slots=True)
class ApiCall:
    """An admitted call; `project_id` is the one asked for, which the caller's key serves."""

    event: "APIGatewayProxyEvent"
    caller: Caller
    project_id: str

    @classmethod
    def admit(cls, event: "APIGatewayProxyEvent", level: Level) -> Self:
        """The first refusals, in order: `Unauthorized`, the project's, `InsufficientPermission`."""
        caller = caller_of((event.get("requestContext") or {}).get("authorizer"))
        project_id = project_asked_for(caller, event.headers.get(PROJECT_HEADER))
        require_level(caller, level)
        return cls(event, caller, project_id)

    def query[M: "BaseModel"](self, model: type[M]) -> M:
        """The query string. Unknown parameters are ignored, a repeated one is refused: `ValidationFailed`."""
        from integrations.api.validation import names_in, validated

        names = names_in(model)
        for name, values in (self.event.get("multiValueQueryStringParameters") or {}).items():
            if name in names and len(values) > 1:
                hint = f"is given {len(values)} times; give it once"
                raise ValidationFailed(f"{name} {hint}", ((name, hint),))
        given = self.event.get("queryStringParameters") or {}
        return validated(model, {name: given[name] for name in names if name in given}, "query")

    def headers[M: "BaseModel"](self, model: type[M]) -> M:
        """Those headers that `model` names, in any case. Raises `ValidationFailed`."""
        from integrations.api.validation import names_in, validated

        given = self.event.headers
        return validated(model, {name: given[name] for name in names_in(model) if name in given}, "headers")

    def body[M: "BaseModel"](self, model: type[M]) -> M:
        """The JSON body, an empty one read as `{}`. Raises `BodyTooLarge`, `UnsupportedMediaType`, `MalformedJson`,
        `ValidationFailed`."""
        from integrations.api.validation import validated, validated_json

        raw = raw_body(self.event)
        if len(raw) > BODY_MAXIMUM_BYTES:
            message = f"the body has {len(raw)} bytes; at most {BODY_MAXIMUM_BYTES} are taken: ask for less at a time"
            raise BodyTooLarge(message)
        if not raw.strip():
            return validated(model, {}, "body")
        self._require_json()
        return validated_json(model, raw, "body")

    def _require_json(self) -> None:
        given: str = self.event.headers.get("Content-Type") or ""
        media_type = given.partition(";")[0].strip().lower()
        if media_type and media_type != "application/json" and not media_type.endswith("+json"):
            message = f"a body of type {media_type[:128]!r} cannot be read; send JSON as application/json"
            raise UnsupportedMediaType(message)


def raw_body(event: "APIGatewayProxyEvent") -> bytes:
    """The bytes that were sent."""
    body: str = event.get("body") or ""
    return b64decode(body) if event.get("isBase64Encoded") else body.encode("utf-8", "surrogatepass")
