"""From an entity to the values of its mapped targets, and from remote values back to its fields."""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.domain.errors import RecordRejected
from integrations.domain.field_mapping import FieldMapping
from integrations.mapping.paths import MISSING, Json, parse_path, read_path, remove_path, write_path
from integrations.mapping.transforms import apply_transform, invert_transform

_FIELDS = "fields"


def map_entity(source: Mapping[str, Any], mappings: Sequence[FieldMapping]) -> dict[str, Any]:
    """The value of every mapped target, by the target's path, in the order of `mappings`.

    `source` is `{"id", "entityTypeId", "createdAt", "updatedAt", "fields"}` and isn't changed. What it lacks is left
    out, what is null stays null. Raises `RecordRejected`, naming source and target, when a transform cannot work.
    """
    targets: dict[str, Any] = {}
    for mapping in mappings:
        value = read_path(source, parse_path(mapping.source))
        if value is not MISSING:
            targets[mapping.target] = _transformed(mapping, value)
    return targets


def _transformed(mapping: FieldMapping, value: Json) -> Json:
    try:
        return apply_transform(mapping.transform, value)
    except RecordRejected as error:
        raise RecordRejected(f"{mapping.source} → {mapping.target}: {error.message}", code=error.code) from error


def build_document(targets: Mapping[str, Any]) -> dict[str, Any]:
    """The document that has each value of `targets` at its path. Raises `RecordRejected` where two collide."""
    document: dict[str, Any] = {}
    for target, value in targets.items():
        document = write_path(document, parse_path(target), value)
    return document


def pull_value(mapping: FieldMapping, remote_value: Json) -> Json:
    """What the mapping's source gets when the service has `remote_value` at its target; `MISSING` stays missing.

    Raises `RecordRejected`, naming target and source, when the transform cannot be undone for such a value.
    """
    if remote_value is MISSING:
        return MISSING
    try:
        return invert_transform(mapping.transform, remote_value)
    except RecordRejected as error:
        raise RecordRejected(f"{mapping.target} → {mapping.source}: {error.message}", code=error.code) from error


def apply_to_fields(fields: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """New fields with each of `changes` (by source path, `fields.seo.title`) made; `MISSING` takes the field out.

    `fields` isn't changed. Raises `RecordRejected` (`path_blocked`) where something else stands in the way.
    """
    document: Json = {_FIELDS: fields}
    for source, value in changes.items():
        path = parse_path(source)
        document = remove_path(document, path) if value is MISSING else write_path(document, path, value)
    return dict(document[_FIELDS])
