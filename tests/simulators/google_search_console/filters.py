"""Filters of a report: groups and their filters are all ANDed, and compare without regard to case (PROVIDERS 2.2)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.simulators.google_search_console.enums import FILTERABLE, GROUP_TYPES, OPERATORS, normalized
from tests.simulators.google_search_console.facts import FactKey

FIELD_OF_DIMENSION = {"searchAppearance": "appearance"}


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on a dimension."""

    dimension: str
    operator: str
    expression: str


def filters_from_json(groups: list[Any]) -> tuple[Filter, ...]:
    """Reads `dimensionFilterGroups`. Raises `ValueError`."""
    found: list[Filter] = []
    for group in groups:
        if not isinstance(group, dict) or not isinstance(group.get("filters", []), list):
            message = f"Invalid value at 'dimensionFilterGroups': {group!r}."
            raise ValueError(message)
        normalized(group.get("groupType", "and"), GROUP_TYPES)
        found += [_filter(value) for value in group.get("filters", [])]
    return tuple(found)


def condition(filters: tuple[Filter, ...]) -> Callable[[FactKey], bool]:
    """Whether a figure meets every filter."""
    tests = [(FIELD_OF_DIMENSION.get(each.dimension, each.dimension), _test(each)) for each in filters]

    def meets(key: FactKey) -> bool:
        return all(test(getattr(key, name)) for name, test in tests)

    return meets


def _filter(value: Any) -> Filter:
    if not isinstance(value, dict) or not isinstance(value.get("expression"), str):
        message = f"Invalid value at 'filters': {value!r} is not {{dimension, operator, expression}}."
        raise ValueError(message)
    dimension = normalized(value.get("dimension"), FILTERABLE)
    operator = normalized(value.get("operator", "equals"), OPERATORS)
    if operator.endswith("Regex"):
        _compiled(value["expression"])
    return Filter(dimension, operator, value["expression"])


def _test(each: Filter) -> Callable[[str], bool]:
    expected = each.expression.lower()
    if each.operator.endswith("Regex"):
        pattern = _compiled(each.expression)
        wanted = each.operator == "includingRegex"
        return lambda value: (pattern.search(value) is not None) is wanted
    wanted = not each.operator.startswith("not")
    if each.operator in {"equals", "notEquals"}:
        return lambda value: (value.lower() == expected) is wanted
    return lambda value: (expected in value.lower()) is wanted


def _compiled(expression: str) -> re.Pattern[str]:
    try:
        return re.compile(expression, re.IGNORECASE)
    except re.error as error:
        message = f"Invalid value at 'expression': {expression!r} is not a regular expression."
        raise ValueError(message) from error
