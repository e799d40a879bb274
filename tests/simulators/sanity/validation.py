"""What a document must be like to be stored (PROVIDERS 1.5 and 1.6)."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.simulators.sanity.errors import invalid
from tests.simulators.sanity.identifiers import IdentifierSequence
from tests.simulators.sanity.switches import SanitySwitches

ID_PATTERN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
SYSTEM_KEYS = frozenset({"_id", "_type", "_rev", "_createdAt", "_updatedAt"})


def is_document_id(value: Any) -> bool:
    """At most 128 of `a-zA-Z0-9._-`, not starting with `-` or `.`, without `..`, no part starting with `-`."""
    return isinstance(value, str) and bool(ID_PATTERN.fullmatch(value)) and ".." not in value and ".-" not in value


def check_id(value: Any) -> str:
    """The id, if it is one. Raises `MutationFailed`."""
    if not is_document_id(value):
        raise invalid(f'Malformed document ID: "{value}"', value)
    return str(value)


def check_document(document: Mapping[str, Any], switches: SanitySwitches) -> None:
    """Raises `MutationFailed` if the document's type, keys, size, attributes, depth or array items aren't allowed."""
    if not isinstance(document.get("_type"), str) or not document["_type"]:
        raise invalid('A document must have a string for its "_type"', document.get("_type"))
    for key in document:
        if key.startswith("_") and key not in SYSTEM_KEYS:
            raise invalid(f'Attribute "{key}" is reserved: names starting with an underscore are the system\'s', key)
    paths = set(_attribute_paths(document, "", 1, switches))
    if len(paths) > switches.document_attributes:
        raise invalid(f"Document has {len(paths)} attributes, at most {switches.document_attributes} are allowed")
    size = len(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass"))
    if size > switches.document_bytes:
        raise invalid(f"Document is {size} bytes, at most {switches.document_bytes} are allowed")


def with_array_keys(value: Any, identifiers: IdentifierSequence) -> Any:
    """The value with a `_key` for every object in an array that has none."""
    if isinstance(value, list):
        return [_keyed(with_array_keys(item, identifiers), identifiers) for item in value]
    if isinstance(value, dict):
        return {key: with_array_keys(item, identifiers) for key, item in value.items()}
    return value


def _keyed(item: Any, identifiers: IdentifierSequence) -> Any:
    return {**item, "_key": identifiers.next(12)} if isinstance(item, dict) and "_key" not in item else item


def _attribute_paths(value: Any, path: str, depth: int, switches: SanitySwitches) -> Iterator[str]:
    """Every attribute's path, a list's items sharing one."""
    if not value or not isinstance(value, dict | list):
        return
    if depth > switches.document_depth:
        raise invalid(f"Document is nested deeper than {switches.document_depth} levels, at {path[:200]!r}")
    if isinstance(value, list):
        for item in value:
            if switches.require_array_keys and isinstance(item, dict) and "_key" not in item:
                raise invalid(f'Objects in arrays must have a "_key", at {path!r}', path)
            if isinstance(item, dict | list):
                yield from _attribute_paths(item, f"{path}[]", depth + 1, switches)
        return
    for key, item in value.items():
        yield f"{path}.{key}"
        if isinstance(item, dict | list):
            yield from _attribute_paths(item, f"{path}.{key}", depth + 1, switches)
