"""What DynamoDB itself says that calls consumed, by `ReturnConsumedCapacity`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3

READS = frozenset({"GetItem", "Query", "BatchGetItem"})


@dataclass(slots=True)
class Consumed:
    """Units of all tables; what writes cost in indexes apart from what they cost in the tables. `absent` are the keys
    that batches asked for in vain: AWS charges for them, DynamoDB Local doesn't."""

    read_units: float = 0
    absent: int = 0
    write_units: float = 0
    index_write_units: float = 0

    def since(self, before: "Consumed") -> "Consumed":
        """What came after `before`."""
        return Consumed(
            self.read_units - before.read_units,
            self.absent - before.absent,
            self.write_units - before.write_units,
            self.index_write_units - before.index_write_units,
        )

    def add(self, operation: str, capacity: Mapping[str, Any]) -> None:
        """One table's part of a call."""
        total = capacity["CapacityUnits"]
        if operation in READS:
            self.read_units += total
            return
        in_indexes = sum(index["CapacityUnits"] for index in capacity.get("GlobalSecondaryIndexes", {}).values())
        self.write_units += total - in_indexes
        self.index_write_units += in_indexes


def listen() -> Consumed:
    """Adds up over all clients that this process makes with boto3's default session from now on."""
    consumed = Consumed()

    def ask(params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        context["asked"] = sum(len(each["Keys"]) for each in params.get("RequestItems", {}).values() if "Keys" in each)
        if "ReturnConsumedCapacity" in model.input_shape.members:
            params["ReturnConsumedCapacity"] = "INDEXES"

    def answered(parsed: Mapping[str, Any], model: Any, context: Mapping[str, Any], **_: Any) -> None:
        if context["asked"]:
            consumed.absent += context["asked"] - sum(map(len, parsed.get("Responses", {}).values()))
        for capacity in _capacities(parsed):
            consumed.add(model.name, capacity)

    boto3.setup_default_session()
    events = boto3.DEFAULT_SESSION.events  # type: ignore[union-attr]
    events.register("provide-client-params.dynamodb", ask)
    events.register("after-call.dynamodb", answered)
    return consumed


def _capacities(answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    found = answer.get("ConsumedCapacity", [])
    yield from found if isinstance(found, list) else [found]
