"""JSONMatch paths of patches: `a.b`, `['a-b']`, `list[0]`, `list[-1]`, `list[_key=="x"].f`."""

import json
import re
from dataclasses import dataclass

from tests.simulators.sanity.errors import invalid


@dataclass(frozen=True, slots=True)
class Attribute:
    """A key of an object."""

    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """A place in a list; negative ones count from its end."""

    position: int


@dataclass(frozen=True, slots=True)
class Condition:
    """The list's objects whose attribute `name` equals `value`."""

    name: str
    value: str | float | bool


Segment = Attribute | Index | Condition

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_LITERAL = r'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false'
_FIRST = re.compile(rf"(?P<name>{_NAME})")
_NEXT = re.compile(
    rf"\.(?P<name>{_NAME})"
    r"|\['(?P<quoted>(?:[^'\\]|\\.)+)'\]"
    r"|\[(?P<position>-?\d+)\]"
    rf"|\[\s*(?P<key>{_NAME})\s*==\s*(?P<literal>{_LITERAL})\s*\]"
)


def parse_path(path: str) -> tuple[Segment, ...]:
    """The path's segments. Raises `MutationFailed` for a path that is wrong or that the simulator doesn't know."""
    segments: list[Segment] = []
    position = 0
    while position < len(path):
        match = _FIRST.match(path) if position == 0 and path[0] != "[" else _NEXT.match(path, position)
        if match is None:
            description = (
                f"The simulator can't read the path {path!r} from {path[position:]!r} on; it knows a.b, ['a-b'], "
                'list[0], list[-1] and list[_key=="x"]'
            )
            raise invalid(description, path)
        segments.append(_segment(match))
        position = match.end()
    if not segments:
        raise invalid("A path may not be empty", path)
    return tuple(segments)


def _segment(match: re.Match[str]) -> Segment:
    groups = match.groupdict()
    if groups.get("position") is not None:
        return Index(int(groups["position"]))
    if groups.get("key") is not None:
        return Condition(groups["key"], json.loads(groups["literal"]))
    if groups.get("quoted") is not None:
        return Attribute(re.sub(r"\\(.)", r"\1", groups["quoted"]))
    return Attribute(groups["name"])
