"""The fields that a sample of documents has: for services that have no list of their own. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from integrations.mapping.paths import parse_path
from integrations.providers.contract import ServiceField

FIELDS_MAXIMUM: Final = 1_000
DEPTH_MAXIMUM: Final = 20
UNKNOWN: Final = "unknown"


def fields_seen(documents: Iterable[Mapping[str, Any]], prefix: str = "") -> list[ServiceField]:
    """The paths below `prefix` that hold a value somewhere, by path, 1,000 at most. Objects are gone into, arrays are
    not; names that begin with `_`, or that no path can name, are left out."""
    kinds: dict[str, set[str]] = {}
    for document in documents:
        for path, kind in _leaves(document, prefix):
            if path in kinds or len(kinds) < FIELDS_MAXIMUM:
                kinds.setdefault(path, set()).add(kind)
    return [ServiceField(path, _one_of(found - {UNKNOWN})) for path, found in sorted(kinds.items())]


def _leaves(value: Mapping[str, Any], prefix: str, depth: int = 1) -> Iterator[tuple[str, str]]:
    for name, inner in value.items():
        path = f"{prefix}.{name}" if prefix else name
        if name.startswith("_") or not _is_path(path, name) or depth > DEPTH_MAXIMUM:
            continue
        if isinstance(inner, Mapping) and inner:
            yield from _leaves(inner, path, depth + 1)
        else:
            yield path, _kind(inner)


def _is_path(path: str, name: str) -> bool:
    try:
        return parse_path(path)[-1] == name
    except ValueError:
        return False


def _one_of(kinds: set[str]) -> str:
    return kinds.pop() if len(kinds) == 1 else UNKNOWN


def _kind(value: object) -> str:
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list() | tuple():
            return "array"
        case Mapping():
            return "object"
        case _:
            return UNKNOWN
