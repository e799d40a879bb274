"""An endpoint's page in the OpenAPI document, made from the very models and errors that the route works with."""

import inspect
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler.openapi.params import Body, Header, Param, Path, Query
from pydantic import BaseModel

from integrations.api import envelopes
from integrations.api.caller import PROJECT_HEADER
from integrations.api.examples import example_of
from integrations.api.problems import INTERNAL_MESSAGE, status_of
from integrations.api.route import Page
from integrations.domain import errors
from integrations.domain.api_key import Level

ANY_CALL: Final[tuple[type[errors.IntegrationsError], ...]] = (
    errors.ProjectRequired,
    errors.Unauthorized,
    errors.ProjectNotFound,
    errors.TooManyRequests,
    errors.IntegrationsError,
    errors.Unavailable,
)
WITHOUT_KEY: Final[tuple[type[errors.IntegrationsError], ...]] = (errors.IntegrationsError, errors.Unavailable)
WITH_BODY: Final = (errors.MalformedJson, errors.BodyTooLarge, errors.UnsupportedMediaType)
PATH_VALUES: Final[Mapping[str, str]] = MappingProxyType(
    {"integration_id": "The integration's id, as the list shows it", "job_id": "The job's id"}
)
NEEDED_HEADERS: Final = frozenset({"If-Match"})
"""Their models let them be left out, since that has a status of its own (428, not 422)."""


def responses_of(page: Page, level: Level | None) -> dict[int, Any]:
    """Every status the endpoint answers with, its schema, and an example per code."""
    refusals = set(ANY_CALL if level else WITHOUT_KEY) | set(page.refusals)
    refusals |= {errors.InsufficientPermission} if level not in ("read", None) else set()
    if level is not None:  # what needs no key is checked by its signature alone
        refusals |= set(WITH_BODY) if page.body else set()
        refusals |= {errors.ValidationFailed} if page.body or page.query or page.headers else set()
    answers: dict[int, Any] = {page.success[0]: _success(page)}
    for refusal in sorted(refusals, key=lambda each: (status_of(each), each.code)):
        answer = answers.setdefault(status_of(refusal), {"description": "", "content": _content(envelopes.ErrorAnswer)})
        answer["description"] += f"{' ' if answer['description'] else ''}`{refusal.code}`: {_meaning(refusal)}"
        answer["content"]["application/json"].setdefault("examples", {})[refusal.code] = _example(refusal)
    if 429 in answers:
        answers[429]["headers"] = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}
    return answers


def _success(page: Page) -> dict[str, Any]:
    envelope = _envelope_of(page)
    if envelope is None:
        return {"description": "Done; the answer is empty"}
    content = _content(envelope)
    content["application/json"]["examples"] = {"answer": {"value": example_of(envelope)}}
    return {"description": envelope.__doc__, "content": content}


def signature_of(path: str, page: Page, level: Level | None) -> inspect.Signature:
    """The route's inputs as Powertools reads them from a function: path, query, headers, body, answer."""
    project = Header(
        alias=PROJECT_HEADER, description="The project asked for; may be left out when the key serves only one"
    )
    parameters = [
        _parameter(name, Annotated[str, Path(description=PATH_VALUES[name])]) for name in re.findall(r"<(\w+)>", path)
    ]
    if level is not None:
        parameters.append(_parameter("project_id", Annotated[str, project], None))
    parameters += _fields(page.query, Query)
    parameters += _fields(page.headers, Header)
    if page.body is not None:
        body = Body(description=f"{page.body.__doc__}")
        required = any(field.is_required() for field in page.body.model_fields.values())
        default = inspect.Parameter.empty if required else None
        parameters.append(_parameter("body", Annotated[page.body, body], default))
    return inspect.Signature(parameters, return_annotation=_envelope_of(page))


def _envelope_of(page: Page) -> type[BaseModel] | None:
    name = page.success[1]
    envelope: type[BaseModel] | None = getattr(envelopes, name) if name else None
    return envelope


def _fields(model: type[BaseModel] | None, place: type[Param]) -> Iterator[inspect.Parameter]:
    for name, field in model.model_fields.items() if model else ():
        where = place(alias=field.alias, description=field.description)
        default = inspect.Parameter.empty if field.alias in NEEDED_HEADERS else field.default
        yield _parameter(name, Annotated[field.annotation, *field.metadata, where], default)


def _parameter(name: str, annotation: object, default: object = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def _content(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"model": model}}


def _meaning(refusal: type[errors.IntegrationsError]) -> str:
    return INTERNAL_MESSAGE if refusal.code == "internal_error" else " ".join((refusal.__doc__ or "").split())


def _example(refusal: type[errors.IntegrationsError]) -> dict[str, Any]:
    error: dict[str, Any] = {"code": refusal.code, "message": _meaning(refusal)}
    if refusal is errors.ValidationFailed:
        error["details"] = [{"field": "entityIds[3]", "message": "String should have at least 1 character"}]
    return {"value": {"error": {**error, "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"}}}
