"""Python values to DynamoDB's attribute values and back, and how many bytes an item counts.

Only what this product stores: text, whole numbers, bytes, booleans, null, lists, maps. Anything with fractions is kept
as JSON text instead, so no `Decimal` comes back from a read. Sizes follow AWS's rules ("DynamoDB item sizes and
formats" in the Amazon DynamoDB developer guide).
"""

from collections.abc import Mapping
from typing import Any

type Item = Mapping[str, Any]
"""An item as plain Python values."""
type AttributeValue = dict[str, Any]
"""DynamoDB's own form of one value, such as `{"S": "text"}`."""


def to_attributes(item: Item) -> dict[str, AttributeValue]:
    """The item in DynamoDB's form. Raises `TypeError` for a value that isn't stored as it is, such as a float."""
    return {name: to_attribute(value) for name, value in item.items()}


def from_attributes(attributes: Mapping[str, AttributeValue]) -> dict[str, Any]:
    """The item as plain values."""
    return {name: from_attribute(attribute) for name, attribute in attributes.items()}


def to_attribute(value: object) -> AttributeValue:
    """One value in DynamoDB's form."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case bytes():
            return {"B": value}
        case list() | tuple():
            return {"L": [to_attribute(element) for element in value]}
        case Mapping():
            return {"M": to_attributes(value)}
    message = f"a {type(value).__name__} can't be stored; allowed are text, int, bytes, bool, None, list, map"
    raise TypeError(message)


def from_attribute(attribute: AttributeValue) -> Any:  # noqa: ANN401 - any of the kinds above
    """One plain value."""
    ((kind, value),) = attribute.items()
    match kind:
        case "N":
            return int(value) if value.lstrip("-").isdigit() else float(value)
        case "NULL":
            return None
        case "L":
            return [from_attribute(element) for element in value]
        case "M":
            return from_attributes(value)
        case _:
            return value


def item_bytes(attributes: Mapping[str, AttributeValue]) -> int:
    """The bytes that an item counts: names and values."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in attributes.items())


def _value_bytes(attribute: AttributeValue) -> int:
    ((kind, value),) = attribute.items()
    match kind:
        case "S":
            return len(str(value).encode())
        case "B":
            return len(bytes(value))
        case "N":
            return (len(value.strip("-0")) + 1) // 2 + 1 + int(value.startswith("-"))
        case "L":
            return 3 + sum(1 + _value_bytes(element) for element in value)
        case "M":
            return 3 + len(value) + item_bytes(value)
        case _:
            return 1
