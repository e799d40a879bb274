"""What calls to a table cost, in DynamoDB's units, computed from the items' sizes.

An eventually consistent read of 4 KB is half a read unit, a consistent one a whole; a write of 1 KB is one write unit;
transactions cost double ("DynamoDB throughput capacity" in the Amazon DynamoDB developer guide). Not seen from here:
writes to indexes, refused writes, attributes left out of a read's projection, and what an update or delete found there.
An update counts as large as its key and values, a delete as 1 KB.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from integrations.storage.attributes import AttributeValue, item_bytes

READ_UNIT_BYTES = 4096
WRITE_UNIT_BYTES = 1024
type Attributes = Mapping[str, AttributeValue]


class Meter(Protocol):
    """Is told of every call: DynamoDB's name of the operation, and the units it took."""

    def __call__(self, operation: str, *, read_units: float = 0, write_units: float = 0) -> None:
        """Adds one call."""


def item_read_units(items: Sequence[Attributes], asked: int, *, consistent: bool) -> float:
    """For `asked` items read one by one, those found being `items`: each is rounded up, and a look at nothing costs as
    much as a small item."""
    blocks = asked - len(items) + sum(max(1, math.ceil(item_bytes(item) / READ_UNIT_BYTES)) for item in items)
    return blocks * (1 if consistent else 0.5)


def page_read_units(items: Iterable[Attributes], *, consistent: bool) -> float:
    """For a page of a query: the sum is rounded up."""
    blocks = max(1, math.ceil(sum(map(item_bytes, items)) / READ_UNIT_BYTES))
    return blocks * (1 if consistent else 0.5)


def write_units(item: Attributes) -> int:
    """For one item written, outside of a transaction."""
    return max(1, math.ceil(item_bytes(item) / WRITE_UNIT_BYTES))


def action_write_units(request: Mapping[str, Any]) -> int:
    """For one write or check by its request's parameters: the item that is put, or the key and what is set there."""
    item = request.get("Item") or {**request["Key"], **request.get("ExpressionAttributeValues", {})}
    return write_units(item)
