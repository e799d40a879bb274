"""One HTTP exchange as a simulator sees it: the request that came in, and the answer that goes out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NoReturn
from urllib.parse import unquote

JSON_TYPE = "application/json; charset=utf-8"


class MalformedJson(ValueError):
    """The request's body isn't JSON."""


@dataclass(frozen=True)
class Request:
    """A request with its whole body. `query` keeps every pair of the query string in order, decoded."""

    method: str
    raw_path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes
    client: str
    head_bytes: int
    arrived_at: float

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The path's parts, split before they are decoded, so that an encoded slash stays inside its part."""
        return tuple(unquote(part) for part in self.raw_path.strip("/").split("/"))

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The query string as a mapping; of a repeated key the last value counts."""
        return dict(self.query)

    @cached_property
    def json(self) -> Any:
        """The body read as JSON. Raises `MalformedJson`, also for NaN, Infinity and absurd nesting."""
        try:
            return json.loads(self.body, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            message = f"the body of {len(self.body)} bytes isn't JSON: {error}"
            raise MalformedJson(message) from error


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def json_answer(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer with `value` as compact JSON; a lone surrogate, which UTF-8 can't hold, goes out escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        body = text.encode()
    except UnicodeEncodeError:
        body = json.dumps(value, separators=(",", ":")).encode()
    return Answer(status, body, {"content-type": JSON_TYPE, **(headers or {})})


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} isn't a JSON value"
    raise ValueError(message)
