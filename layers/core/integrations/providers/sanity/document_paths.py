"""Mappings' target paths as places of a Sanity document."""

import re
from collections.abc import Sequence

Segment = str | int

_SEGMENT = re.compile(r"\[([0-9]+)\]|[^.\[\]]+")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEYWORDS = frozenset({"true", "false", "null"})


def segments_of(target: str) -> tuple[Segment, ...]:
    """`a.b[2].c` as `("a", "b", 2, "c")`."""
    return tuple(int(match[1]) if match[1] else match[0] for match in _SEGMENT.finditer(target))


def array_root(segments: Sequence[Segment]) -> tuple[Segment, ...] | None:
    """The path of the outermost array that the path leads into, or None."""
    for place, segment in enumerate(segments):
        if isinstance(segment, int):
            return tuple(segments[:place])
    return None


def json_match(segments: Sequence[Segment]) -> str:
    """The path in JSONMatch (https://www.sanity.io/docs/content-lake/json-match): names that aren't plain identifiers
    are quoted."""
    path = ""
    for segment in segments:
        if isinstance(segment, int):
            path += f"[{segment}]"
        elif _PLAIN_NAME.fullmatch(segment) and segment not in _KEYWORDS:
            path += f".{segment}" if path else segment
        else:
            quoted = segment.replace("\\", "\\\\").replace("'", "\\'")
            path += f"['{quoted}']"
    return path


def value_at(document: object, segments: Sequence[Segment]) -> object:
    """The value at the path, or None."""
    for segment in segments:
        if isinstance(segment, str) and isinstance(document, dict):
            document = document.get(segment)
        elif isinstance(segment, int) and isinstance(document, list) and segment < len(document):
            document = document[segment]
        else:
            return None
    return document


def put(document: object, segments: Sequence[Segment], value: object) -> object:
    """`document` with the value at the path; parents are made, gaps of arrays are None. Changes it in place where its
    type fits, else makes a new one."""
    if not segments:
        return value
    first, rest = segments[0], segments[1:]
    if isinstance(first, int):
        array = document if isinstance(document, list) else []
        array.extend([None] * (first + 1 - len(array)))
        array[first] = put(array[first], rest, value)
        return array
    mapping = document if isinstance(document, dict) else {}
    mapping[first] = put(mapping.get(first), rest, value)
    return mapping
