"""Switches as frozen dataclasses, changed from JSON under camelCase names and checked against the kind they have."""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any


def camel_case(name: str) -> str:
    """`lag_seconds` as `lagSeconds`."""
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


def as_json(switches: Any) -> dict[str, Any]:
    """Every switch with its value, under its camelCase name."""
    return {camel_case(key): value for key, value in dataclasses.asdict(switches).items()}


def changed[Switches](switches: Switches, changes: Mapping[str, Any]) -> Switches:
    """The switches with `changes` applied. Raises `ValueError` naming what is known, or the kind that is expected."""
    values: dict[str, Any] = dataclasses.asdict(switches)  # type: ignore[call-overload]
    names = {camel_case(name): name for name in values}
    for key, value in changes.items():
        if key not in names:
            message = f"unknown switch {key!r}; known are {', '.join(sorted(names))}"
            raise ValueError(message)
        values[names[key]] = _checked(key, value, values[names[key]])
    return type(switches)(**values)


def _checked(key: str, value: Any, present: Any) -> Any:
    kind: type = type(present)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        message = f"switch {key} takes {kind.__name__}, got {value!r}"
        raise ValueError(message)
    return value
