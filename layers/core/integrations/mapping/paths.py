"""Paths into JSON documents: `fields.title`, `slug.current`, `blocks[0].text`.

Dotted names and `[n]` for elements of lists; at most 256 characters and 20 steps deep, n at most 999.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from integrations.domain.errors import RecordRejected

type Path = tuple[str | int, ...]

LENGTH_MAXIMUM = 256
DEPTH_MAXIMUM = 20
INDEX_MAXIMUM = 999
_STEP = re.compile(r"([^.\[\]]+)((?:\[\d{1,9}\])*)")
_INDEX = re.compile(r"\[(\d+)\]")


class PathInvalid(ValueError):
    """A text that is no path; the message says what was given and what is allowed."""


class Missing:
    """What a path leads to where there is nothing: not even null."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()


def parse_path(text: str) -> Path:
    """The steps of a path: names, and positions in lists. Raises `PathInvalid`."""
    if not text or len(text) > LENGTH_MAXIMUM:
        raise PathInvalid(f"a path has 1 to {LENGTH_MAXIMUM} characters; this one has {len(text)}")
    steps: list[str | int] = []
    for part in text.split("."):
        match = _STEP.fullmatch(part)
        if match is None:
            raise PathInvalid(f"{text!r} is no path: {part!r} is neither a name nor a name with [n] behind it")
        steps.append(match[1])
        steps += [int(index) for index in _INDEX.findall(match[2])]
    if len(steps) > DEPTH_MAXIMUM:
        raise PathInvalid(f"{text!r} is {len(steps)} steps deep; at most {DEPTH_MAXIMUM} are allowed")
    if any(isinstance(step, int) and step > INDEX_MAXIMUM for step in steps):
        raise PathInvalid(f"{text!r} names an element beyond [{INDEX_MAXIMUM}], the last that is allowed")
    return tuple(steps)


def read_path(document: object, path: Path) -> Any:  # noqa: ANN401 - any JSON value
    """The value there, `MISSING` where there is none; an explicit null is None."""
    value = document
    for step in path:
        if isinstance(step, int):
            if not isinstance(value, list | tuple) or step >= len(value):
                return MISSING
            value = value[step]
        elif isinstance(value, Mapping) and step in value:
            value = value[step]
        else:
            return MISSING
    return value


def write_path(document: object, path: Path, value: object) -> Any:  # noqa: ANN401 - any JSON value
    """A copy of the document with the value there; parents that miss, or are null, are made, gaps in lists are null.

    Only what lies on the path is copied. Raises `RecordRejected` (`path_blocked`) where a parent is of another kind."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        if document is not None and not isinstance(document, list | tuple):
            raise _blocked(path, document)
        items = list(document or ())
        items += [None] * (step + 1 - len(items))
        items[step] = write_path(items[step], rest, value)
        return items
    if document is not None and not isinstance(document, Mapping):
        raise _blocked(path, document)
    return {**(document or {}), step: write_path((document or {}).get(step), rest, value)}


def paths_collide(first: Path, second: Path) -> bool:
    """Whether the two are equal or one contains the other."""
    length = min(len(first), len(second))
    return first[:length] == second[:length]


def path_text(path: Path) -> str:
    """The path as it is written."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _blocked(path: Path, found: object) -> RecordRejected:
    message = f"{path_text(path)} can't be written: a {type(found).__name__} stands where it begins"
    return RecordRejected(message, code="path_blocked")
