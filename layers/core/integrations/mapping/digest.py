"""Hashes of values, to tell whether they changed without keeping them."""

import hashlib
import json
import math
from collections.abc import Mapping

from integrations.domain.errors import RecordRejected
from integrations.mapping.paths import MISSING, Json, describe

_HASH_BYTES = 12
ABSENCE_HASH = bytes(_HASH_BYTES)
"""The hash of what isn't there."""
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def value_hash(value: Json) -> bytes:
    """The first 12 bytes of the SHA-256 of the value's canonical JSON; zeros for `MISSING`. Raises as that does."""
    if value is MISSING:
        return ABSENCE_HASH
    return hashlib.sha256(canonical_json(value)).digest()[:_HASH_BYTES]


def canonical_json(value: Json) -> bytes:
    """The same bytes for the same JSON value: keys sorted, no blanks, UTF-8, 1.0 as 1 (services don't tell them apart).

    Raises `RecordRejected` (`value_not_json`) for what JSON cannot say: NaN, infinities, other types, endless nesting.
    """
    try:
        text = _ENCODER.encode(_plain(value))
    except RecursionError:
        raise RecordRejected("The value is nested too deeply to be exchanged.", code="value_not_json") from None
    return text.encode("utf-8", "surrogatepass")


def _plain(value: Json) -> Json:
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise RecordRejected("An object's keys have to be texts.", code="value_not_json")
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(element) for element in value]
    raise RecordRejected(f"JSON has no such value: {describe(value)}.", code="value_not_json")


def _number(value: float) -> float | int:
    if not math.isfinite(value):
        raise RecordRejected(f"JSON has no such number: {value}.", code="value_not_json")
    return int(value) if value.is_integer() else value
