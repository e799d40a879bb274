"""Paths into documents: `fields.title`, `slug.current`, `images[0].alt`.

Names are separated by dots, `[n]` is an element of an array. At most 256 characters, 20 steps, n ≤ 999.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, final

from integrations.domain.errors import RecordRejected

type Path = tuple[str | int, ...]
type Json = Any
"""A value that JSON can say, or `MISSING` where a function says so."""

PATH_CHARACTERS_MAXIMUM = 256
PATH_DEPTH_MAXIMUM = 20
INDEX_MAXIMUM = 999

_NAME = r"[^.\[\]\x00-\x1f\x7f]+"
_INDEX = r"\[(?:0|[1-9][0-9]*)\]"
_PATH = re.compile(rf"{_NAME}(?:\.{_NAME}|{_INDEX})*")
_STEP = re.compile(rf"(?P<index>{_INDEX})|(?P<name>{_NAME})")
_OBJECT = (dict, Mapping)
"""A plain object first: to ask for the abstract kind takes ten times as long."""


class PathInvalid(ValueError):
    """The text is no path; the message says what was given and what is allowed."""


@final
class Missing:
    """What stands at a path where nothing is: no value, not even null. Falsy; there is only `MISSING`."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "MISSING"

    def __copy__(self) -> "Missing":
        return self

    def __deepcopy__(self, memo: object) -> "Missing":
        return self

    def __reduce__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()


@lru_cache(maxsize=1024)
def parse_path(text: str) -> Path:
    """The steps of `text`: names as strings, array elements as integers. Raises `PathInvalid`."""
    if not text:
        raise PathInvalid("The path is empty; give one like 'title', 'slug.current' or 'images[0].alt'.")
    if len(text) > PATH_CHARACTERS_MAXIMUM:
        raise PathInvalid(
            f"The path {text[:40]!r}… has {len(text)} characters; at most {PATH_CHARACTERS_MAXIMUM} may be."
        )
    if not _PATH.fullmatch(text):
        raise PathInvalid(
            f"{text!r} is no path; allowed are names separated by single dots, each followed by any number of array"
            " elements: 'title', 'slug.current', 'images[0].alt'."
        )
    steps = tuple(_step(step) for step in _STEP.finditer(text))
    if len(steps) > PATH_DEPTH_MAXIMUM:
        raise PathInvalid(f"The path {text!r} is {len(steps)} steps deep; at most {PATH_DEPTH_MAXIMUM} are allowed.")
    for step in steps:
        if isinstance(step, int) and step > INDEX_MAXIMUM:
            raise PathInvalid(f"The path {text!r} asks for element {step}; the greatest allowed is [{INDEX_MAXIMUM}].")
    return steps


def _step(match: re.Match[str]) -> str | int:
    return match["name"] if match["index"] is None else int(match["index"][1:-1])


def format_path(path: Path) -> str:
    """The text of `path`; `parse_path` gives the path again."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def read_path(document: Json, path: Path) -> Json:
    """What stands at `path` in `document`, an explicit None included; `MISSING` where nothing does."""
    value = document
    for step in path:
        if isinstance(step, str):
            value = value.get(step, MISSING) if isinstance(value, _OBJECT) else MISSING
        else:
            value = value[step] if _is_array(value) and step < len(value) else MISSING
        if value is MISSING:
            return MISSING
    return value


def write_path(document: Json, path: Path, value: Json) -> Json:
    """A new document with `value` at `path`; `document` is left as it was, and shares what didn't change.

    Missing or null parents are created, a gap in an array is null. Raises `RecordRejected` (`path_blocked`) where
    something else stands in the way: a text where an object is needed, an object where an array is.
    """
    return _written(document, path, 0, value)


def _written(node: Json, path: Path, position: int, value: Json) -> Json:
    if position == len(path):
        return value
    step = path[position]
    if isinstance(step, str):
        members = dict(_parent(node, path, position, Mapping, "an object", {}))
        members[step] = _written(members.get(step), path, position + 1, value)
        return members
    elements = list(_parent(node, path, position, (list, tuple), "an array", []))
    elements += [None] * (step + 1 - len(elements))
    elements[step] = _written(elements[step], path, position + 1, value)
    return elements


def remove_path(document: Json, path: Path) -> Json:
    """A new document without what stood at `path`; an array's element becomes null. `document` is left as it was."""
    if read_path(document, path) is MISSING:
        return document
    *parents, last = path
    if isinstance(last, int):
        return write_path(document, path, None)
    parent = read_path(document, tuple(parents))
    return write_path(document, tuple(parents), {name: value for name, value in parent.items() if name != last})


def _parent(node: Json, path: Path, position: int, kind: type | tuple[type, ...], kind_name: str, fresh: Json) -> Json:
    if node is None:
        return fresh
    if isinstance(node, kind):
        return node
    at = format_path(path[:position]) or "the document itself"
    message = f"{format_path(path)!r} needs {kind_name} at {at!r}, where {describe(node)} stands."
    raise RecordRejected(message, code="path_blocked")


def describe(value: Json) -> str:
    """What kind of JSON value it is, for messages."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, Mapping):
        return "an object"
    return "an array" if _is_array(value) else f"a {type(value).__name__}"


def _is_array(value: Json) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray))


def paths_collide(a: Path, b: Path) -> bool:
    """Whether both cannot be written: they are equal, one contains the other, or where they part one needs an array
    and the other an object."""
    for mine, other in zip(a, b, strict=False):
        if mine != other:
            return isinstance(mine, int) != isinstance(other, int)
    return True
