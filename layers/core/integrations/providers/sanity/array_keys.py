"""The `_key` that Sanity wants on every object of an array, made so that a round trip changes nothing.

Objects that come from us have none. A key derived from the content is the same at each push, and one that still fits
its content when read is ours: it is taken off again. Keys that editors' tools made are left as they are.
"""

import hashlib
import json
from collections.abc import Callable, Mapping

_Object = Mapping[str, object]

_PREFIX = "wr"
_LENGTH = len(_PREFIX) + 16


def with_keys(value: object) -> object:
    """The value with a `_key` on each object of an array that has none."""
    return _mapped(value, _given_key, with_keys)


def without_own_keys(value: object) -> object:
    """The value without the keys that `with_keys` gave it."""
    return _mapped(value, _without_own_key, without_own_keys)


def _mapped(
    value: object,
    treat: Callable[[_Object, dict[str, int]], dict[str, object]],
    descend: Callable[[object], object],
) -> object:
    if isinstance(value, Mapping):
        return {name: descend(inner) for name, inner in value.items()}
    if not isinstance(value, list | tuple):
        return value
    seen: dict[str, int] = {}
    return [treat(item, seen) if isinstance(item, Mapping) else descend(item) for item in value]


def _given_key(item: _Object, seen: dict[str, int]) -> dict[str, object]:
    keyed = {name: with_keys(inner) for name, inner in item.items()}
    return keyed if "_key" in item else {"_key": _key(item, seen), **keyed}


def _without_own_key(item: _Object, seen: dict[str, int]) -> dict[str, object]:
    bare = {name: without_own_keys(inner) for name, inner in item.items()}
    key = item.get("_key")
    if not isinstance(key, str) or not key.startswith(_PREFIX) or len(key) != _LENGTH:
        return bare
    content = {name: inner for name, inner in bare.items() if name != "_key"}
    return content if _key(content, seen) == key else bare


def _key(content: _Object, seen: dict[str, int]) -> str:
    """Equal objects of one array are told apart by counting (`seen`)."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    count = seen[canonical] = seen.get(canonical, 0) + 1
    return _PREFIX + hashlib.sha256(f"{count}|{canonical}".encode()).hexdigest()[: _LENGTH - len(_PREFIX)]
