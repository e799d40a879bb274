"""Reads patches into steps, in the documented order: set, setIfMissing, unset, inc, dec, insert (PROVIDERS 1.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulators.sanity.changes import Change, add, change_at, insert_items, set_if_missing, set_value, unset
from tests.simulators.sanity.errors import invalid
from tests.simulators.sanity.paths import Attribute, Segment, parse_path

IMMUTABLE = frozenset({"_id", "_type", "_rev", "_createdAt", "_updatedAt"})
OPERATIONS = ("set", "setIfMissing", "unset", "inc", "dec", "insert")


@dataclass(frozen=True, slots=True)
class Step:
    """One change at one path."""

    path: tuple[Segment, ...]
    change: Change
    makes_parents: bool = False

    def apply(self, document: Mapping[str, Any]) -> Any:
        """The document with the change; the original stays as it is."""
        return change_at(document, self.path, self.change, self.makes_parents)


def patch_steps(patch: Mapping[str, Any]) -> tuple[Step, ...]:
    """The patch's steps in order of execution. Raises `MutationFailed` for what isn't a patch."""
    steps: list[Step] = []
    for path, value in _entries(patch, "set"):
        steps.append(Step(_own_path(path), set_value(value), makes_parents=True))
    for path, value in _entries(patch, "setIfMissing"):
        steps.append(Step(_own_path(path), set_if_missing(value), makes_parents=True))
    steps += [Step(_own_path(path), unset) for path in _strings(patch, "unset")]
    for name, sign in (("inc", 1), ("dec", -1)):
        for path, value in _entries(patch, name):
            steps.append(Step(_own_path(path), add(_number(value, path) * sign)))
    if "insert" in patch:
        steps.append(_insertion(patch["insert"]))
    return tuple(steps)


def _insertion(insert: Any) -> Step:
    places = [name for name in ("before", "after", "replace") if isinstance(insert, dict) and name in insert]
    if len(places) != 1 or not isinstance(insert.get("items"), list) or not isinstance(insert[places[0]], str):
        raise invalid("insert takes items and one of before, after and replace, a path", insert)
    path = _own_path(insert[places[0]])
    if isinstance(path[-1], Attribute):
        raise invalid(f"insert needs a place in a list, got {insert[places[0]]!r}", insert)
    return Step(path, insert_items(places[0], insert["items"]))


def _own_path(path: str) -> tuple[Segment, ...]:
    segments = parse_path(path)
    first = segments[0]
    if isinstance(first, Attribute) and first.name in IMMUTABLE:
        raise invalid(f'Cannot modify immutable attribute "{first.name}"', path)
    return segments


def _entries(patch: Mapping[str, Any], name: str) -> list[tuple[str, Any]]:
    value = patch.get(name, {})
    if not isinstance(value, dict):
        raise invalid(f"{name} takes an object of paths and values", value)
    return list(value.items())


def _strings(patch: Mapping[str, Any], name: str) -> list[str]:
    value = patch.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise invalid(f"{name} takes a list of paths", value)
    return value


def _number(value: Any, path: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise invalid(f"The amount for {path!r} must be a number", value)
    return value
