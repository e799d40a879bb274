"""What a link remembers of a value: a short hash of its canonical JSON."""

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

from integrations.domain.errors import RecordRejected
from integrations.mapping.paths import MISSING

HASH_BYTES = 12
HASH_OF_MISSING = bytes(HASH_BYTES)


def canonical_json(value: object) -> bytes:
    """The same bytes for the same value: keys sorted, no white space, 1.0 as 1 (services don't tell them apart).

    Raises `RecordRejected` for what JSON has no form for (NaN, infinities, other types)."""
    try:
        text = json.dumps(
            _normal(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
    except (TypeError, ValueError) as error:
        raise RecordRejected(f"the value has no form in JSON: {error}", code="not_json") from None
    return text.encode("utf-8", "surrogatepass")


def value_hash(value: object) -> bytes:
    """12 bytes of SHA-256, all zero for `MISSING`."""
    if value is MISSING:
        return HASH_OF_MISSING
    return hashlib.sha256(canonical_json(value)).digest()[:HASH_BYTES]


def _normal(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _normal(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_normal(item) for item in value]
    return value
