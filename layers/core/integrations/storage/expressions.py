"""Queries, single writes and checks (alone or together in a transaction), in the words of DynamoDB's expressions.

In an expression every attribute is spelled `#name` and every value `:name`, so that no reserved word gets in the way:
names and the values in use are collected from the expressions' text.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.storage.attributes import Item, to_attribute, to_attributes

type Key = Mapping[str, str]
"""Both key attributes of an item."""


@dataclass(frozen=True, slots=True)
class Put:
    """Stores the whole item, replacing what was there."""

    item: Item
    condition: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Its name in a transaction."""
        return "Put"

    def request(self) -> dict[str, Any]:
        """The call's parameters but the table's name."""
        return {"Item": to_attributes(self.item), **_conditional(self.condition, self.values)}


@dataclass(frozen=True, slots=True)
class Update:
    """Changes single attributes: `changes` is an update expression."""

    key: Key
    changes: str
    condition: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Its name in a transaction."""
        return "Update"

    def request(self) -> dict[str, Any]:
        """The call's parameters but the table's name."""
        text = f"{self.changes} {self.condition or ''}"
        return {
            "Key": to_attributes(self.key),
            "UpdateExpression": self.changes,
            **_condition(self.condition),
            **placeholders(text, self.values),
        }


@dataclass(frozen=True, slots=True)
class Delete:
    """Takes the item away; nothing there is no failure."""

    key: Key
    condition: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Its name in a transaction."""
        return "Delete"

    def request(self) -> dict[str, Any]:
        """The call's parameters but the table's name."""
        return {"Key": to_attributes(self.key), **_conditional(self.condition, self.values)}


@dataclass(frozen=True, slots=True)
class Check:
    """Changes nothing; in a transaction only."""

    key: Key
    condition: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Its name in a transaction."""
        return "ConditionCheck"

    def request(self) -> dict[str, Any]:
        """The call's parameters but the table's name."""
        return {"Key": to_attributes(self.key), **_conditional(self.condition, self.values)}


type Write = Put | Update | Delete
type Action = Write | Check


@dataclass(frozen=True, slots=True)
class Query:
    """Items of one partition: `condition` over the keys in `#name` and `:value`, oldest first unless told otherwise."""

    condition: str
    values: Mapping[str, Any]
    index: str | None = None
    consistent: bool = False
    newest_first: bool = False
    projection: Sequence[str] = field(default=())

    def request(self) -> dict[str, Any]:
        """The call's parameters but the table's name and the page's size."""
        parameters: dict[str, Any] = {
            "KeyConditionExpression": self.condition,
            "ScanIndexForward": not self.newest_first,
            "ConsistentRead": self.consistent,
        }
        return parameters | ({"IndexName": self.index} if self.index else {}) | self._expressions()

    def _expressions(self) -> dict[str, Any]:
        projection = projected(self.projection)
        names = placeholders(f"{self.condition} {projection}", self.values)
        return names | ({"ProjectionExpression": projection} if projection else {})


def placeholders(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """`ExpressionAttributeNames` and `-Values` for what the expressions' `text` mentions."""
    names = {f"#{name}": name for name in re.findall(r"#(\w+)", text)}
    used = {f":{name}": to_attribute(values[name]) for name in re.findall(r":(\w+)", text)}
    parameters: dict[str, Any] = {"ExpressionAttributeNames": names} if names else {}
    return parameters | ({"ExpressionAttributeValues": used} if used else {})


def _condition(condition: str | None) -> dict[str, Any]:
    """With what is needed to see, after a refusal, what was there instead."""
    if condition is None:
        return {}
    return {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


def _conditional(condition: str | None, values: Mapping[str, Any]) -> dict[str, Any]:
    return _condition(condition) | placeholders(condition or "", values)


def projected(names: Iterable[str]) -> str:
    """A projection expression for the attributes."""
    return ", ".join(f"#{name}" for name in names)
