"""Mappings applied: an entity's fields to a service's targets, and pulled values back to fields."""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.domain.errors import RecordRejected
from integrations.domain.field_mapping import FieldMapping
from integrations.mapping.paths import MISSING, parse_path, read_path, write_path
from integrations.mapping.transforms import apply_transform, invert_transform


def map_entity(source: Mapping[str, Any], mappings: Sequence[FieldMapping]) -> dict[str, Any]:
    """Target path → value, in the mappings' order. A missing source leaves its target out; a null stays null.

    `source` is `{id, entityTypeId, createdAt, updatedAt, fields}`, and is not changed. Raises `RecordRejected` naming
    the mapping that failed."""
    targets: dict[str, Any] = {}
    for mapping in mappings:
        value = read_path(source, parse_path(mapping.source))
        if value is not MISSING:
            targets[mapping.target] = _transformed(mapping, value)
    return targets


def build_document(targets: Mapping[str, Any]) -> dict[str, Any]:
    """The document that has these values at these paths."""
    document: dict[str, Any] = {}
    for target, value in targets.items():
        document = write_path(document, parse_path(target), value)
    return document


def pull_value(mapping: FieldMapping, remote_value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """What the source becomes when the target has this value. Raises `RecordRejected`."""
    try:
        return invert_transform(mapping.transform, remote_value)
    except RecordRejected as error:
        message = f"{mapping.target} → {mapping.source}: {error.message}"
        raise RecordRejected(message, code=error.code) from None


def apply_to_fields(fields: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with other values at some sources (`fields.…` paths); the ones given are not changed."""
    document: dict[str, Any] = {"fields": fields}
    for source, value in changes.items():
        document = write_path(document, parse_path(source), value)
    return dict(document["fields"])


def _transformed(mapping: FieldMapping, value: Any) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return apply_transform(mapping.transform, value)
    except RecordRejected as error:
        message = f"{mapping.source} → {mapping.target}: {error.message}"
        raise RecordRejected(message, code=error.code) from None
