"""What tests do to the dataset behind the API's back: seed documents, edit one as an editor in the Studio would."""

from collections.abc import Mapping
from typing import Any

from tests.simulators.sanity.identifiers import IdentifierSequence
from tests.simulators.sanity.mutations import Delete, Operation, Patch
from tests.simulators.sanity.patches import patch_steps
from tests.simulators.sanity.validation import check_id


def seeded_document(value: Any, timestamp: str, identifiers: IdentifierSequence) -> Mapping[str, Any]:
    """The document with what it lacks of `_createdAt`, `_updatedAt` and `_rev`. Raises `ValueError` without a type."""
    if not isinstance(value, dict) or not isinstance(value.get("_type"), str):
        message = f"a seeded document is an object with _id and _type, got {value!r}"
        raise ValueError(message)
    check_id(value.get("_id"))
    updated_at = value.get("_updatedAt", timestamp)
    created_at = value.get("_createdAt", updated_at)
    return value | {"_createdAt": created_at, "_updatedAt": updated_at, "_rev": value.get("_rev") or identifiers.next()}


def edit_operation(value: Mapping[str, Any]) -> Operation:
    """Reads `{"id", "set"?, "unset"?}` or `{"id", "delete": true}`. Raises `ValueError` or `MutationFailed`."""
    unknown = set(value) - {"id", "set", "unset", "delete"}
    if unknown:
        message = f"an edit takes id and set, unset or delete; got {sorted(unknown)}"
        raise ValueError(message)
    if value.get("delete"):
        return Delete(check_id(value.get("id")))
    steps = patch_steps({key: value[key] for key in ("set", "unset") if key in value})
    return Patch(check_id(value.get("id")), None, steps)
