"""What patches do to values: each function gives a changed copy of a container, the rest of it shared.

A path that matches nothing changes nothing, except that `set` and `setIfMissing` make missing parent objects; both do
as @sanity/mutator does, which also has them replace a parent that is neither object nor list.
"""

from collections.abc import Callable, Sequence
from typing import Any

from tests.simulators.sanity.errors import invalid
from tests.simulators.sanity.paths import Attribute, Condition, Index, Segment

Change = Callable[[Any, Segment], Any]
"""Takes a container and the last segment of a path, returns the changed container."""


def change_at(value: Any, path: Sequence[Segment], change: Change, makes_parents: bool) -> Any:
    """Follows the path to its last container and has `change` replace it."""
    head, rest = path[0], path[1:]
    if not rest:
        return change(value, head)
    if isinstance(value, list):
        return _in_list(value, head, lambda item: change_at(item, rest, change, makes_parents))
    if not isinstance(head, Attribute):
        return value
    parent = value if isinstance(value, dict) else {}
    if head.name not in parent and not (makes_parents and isinstance(rest[0], Attribute)):
        return value
    return {**parent, head.name: change_at(parent.get(head.name), rest, change, makes_parents)}


def _in_list(items: list[Any], segment: Segment, change: Callable[[Any], Any]) -> list[Any]:
    chosen = set(_positions(items, segment))
    return [change(item) if position in chosen else item for position, item in enumerate(items)]


def _positions(items: list[Any], segment: Segment) -> list[int]:
    if isinstance(segment, Index):
        position = segment.position + len(items) if segment.position < 0 else segment.position
        return [position] if 0 <= position < len(items) else []
    if isinstance(segment, Condition):
        return [position for position, item in enumerate(items) if _meets(item, segment)]
    return []


def _meets(item: Any, condition: Condition) -> bool:
    value = item.get(condition.name) if isinstance(item, dict) else None
    return value == condition.value and isinstance(value, bool) == isinstance(condition.value, bool)


def set_value(value: Any) -> Change:
    """Sets the value, in place of a container that is neither object nor list."""

    def change(container: Any, segment: Segment) -> Any:
        if isinstance(container, list):
            return _in_list(container, segment, lambda _: value)
        if not isinstance(segment, Attribute):
            return container
        return {**(container if isinstance(container, dict) else {}), segment.name: value}

    return change


def set_if_missing(value: Any) -> Change:
    """Sets the value where the attribute isn't there; null counts as there, and places in lists are left alone."""

    def change(container: Any, segment: Segment) -> Any:
        if isinstance(container, list) or not isinstance(segment, Attribute):
            return container
        parent = container if isinstance(container, dict) else {}
        return parent if segment.name in parent else {**parent, segment.name: value}

    return change


def unset(container: Any, segment: Segment) -> Any:
    """Removes the attribute or the items."""
    if isinstance(container, list):
        gone = set(_positions(container, segment))
        return [item for position, item in enumerate(container) if position not in gone]
    if isinstance(container, dict) and isinstance(segment, Attribute):
        return {key: item for key, item in container.items() if key != segment.name}
    return container


def add(amount: float) -> Change:
    """Adds to a number; anything else is left as it is."""

    def change(container: Any, segment: Segment) -> Any:
        if isinstance(container, list):
            return _in_list(container, segment, lambda item: _sum(item, amount))
        if isinstance(container, dict) and isinstance(segment, Attribute) and segment.name in container:
            return {**container, segment.name: _sum(container[segment.name], amount)}
        return container

    return change


def _sum(value: Any, amount: float) -> Any:
    return value + amount if isinstance(value, int | float) and not isinstance(value, bool) else value


def insert_items(place: str, items: list[Any]) -> Change:
    """Puts items `before` or `after` the matched places of a list, or in their stead (`replace`)."""

    def change(container: Any, segment: Segment) -> Any:
        if not isinstance(container, list):
            raise invalid("insert can only be applied to a list", container)
        positions = _positions(container, segment)
        if isinstance(segment, Condition) and not positions:
            return container
        if place == "replace":
            kept = unset(container, segment)
            return kept[: min(positions, default=len(kept))] + items + kept[min(positions, default=len(kept)) :]
        beyond = [0 if isinstance(segment, Index) and segment.position < 0 else len(container)]
        at = min(positions or beyond) if place == "before" else max(positions or beyond) + (1 if positions else 0)
        return container[:at] + items + container[at:]

    return change
