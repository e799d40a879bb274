"""Reads the body of `searchAnalytics.query` and refuses what Google refuses (PROVIDERS 2.2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.simulators.google_search_console.enums import (
    AGGREGATIONS,
    DATA_STATES,
    DIMENSIONS,
    SEARCH_TYPES,
    normalized,
)
from tests.simulators.google_search_console.filters import Filter, filters_from_json

FIELDS = frozenset(
    {"startDate", "endDate", "dimensions", "type", "searchType", "dimensionFilterGroups"}
    | {"aggregationType", "rowLimit", "startRow", "dataState"}
)
ROW_LIMIT_MAXIMUM, ROW_LIMIT_DEFAULT = 25_000, 1_000
INT32_MAXIMUM = 2**31 - 1
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class ReportQuery:
    """What a report is about, whichever page of it is asked for."""

    start: date
    end: date
    dimensions: tuple[str, ...]
    type: str
    filters: tuple[Filter, ...]
    aggregation: str
    data_state: str

    @property
    def involved(self) -> frozenset[str]:
        """The dimensions grouped or filtered by."""
        return frozenset(self.dimensions) | {each.dimension for each in self.filters}

    @property
    def response_aggregation(self) -> str:
        """`auto` resolved: by page if pages are involved."""
        if self.aggregation != "auto":
            return self.aggregation
        return "byPage" if "page" in self.involved else "byProperty"


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """A page of a report."""

    query: ReportQuery
    row_limit: int
    start_row: int


def report_request(body: Any) -> ReportRequest:
    """Reads a body. Raises `ValueError` with Google's kind of message."""
    if not isinstance(body, dict):
        message = "Invalid JSON payload received. Root element must be a message."
        raise ValueError(message)
    for name in sorted(set(body) - FIELDS):
        message = f'Invalid JSON payload received. Unknown name "{name}": Cannot find field.'
        raise ValueError(message)
    dimensions = _listed(body, "dimensions")
    query = ReportQuery(
        _day(body, "startDate"),
        _day(body, "endDate"),
        tuple(_enum("dimensions", value, DIMENSIONS) for value in dimensions),
        _enum("type", body.get("type", body.get("searchType", "web")), SEARCH_TYPES),
        filters_from_json(_listed(body, "dimensionFilterGroups")),
        _enum("aggregationType", body.get("aggregationType", "auto"), AGGREGATIONS),
        _enum("dataState", body.get("dataState", "final"), DATA_STATES),
    )
    _check(query)
    row_limit = _integer(body, "rowLimit", ROW_LIMIT_DEFAULT, 1, ROW_LIMIT_MAXIMUM)
    return ReportRequest(query, row_limit, _integer(body, "startRow", 0, 0, INT32_MAXIMUM))


def _check(query: ReportQuery) -> None:
    dimensions, involved = query.dimensions, query.involved
    rules = {
        "startDate must not be after endDate": query.start > query.end,
        "a dimension may be grouped by once": len(set(dimensions)) < len(dimensions),
        "pages can't be aggregated byProperty": query.aggregation == "byProperty" and "page" in involved,
        "discover has neither queries nor devices": query.type == "discover" and bool({"query", "device"} & involved),
        "googleNews has no queries": query.type == "googleNews" and "query" in involved,
        "searchAppearance can't be grouped with other dimensions": "searchAppearance" in dimensions
        and len(dimensions) > 1,
        "hours need dataState hourly_all": "hour" in dimensions and query.data_state != "hourly_all",
        "byNewsShowcasePanel needs type discover or googleNews": query.aggregation == "byNewsShowcasePanel"
        and query.type not in {"discover", "googleNews"},
    }
    for text, broken in rules.items():
        if broken:
            message = f"Request contains an invalid argument: {text}."
            raise ValueError(message)


def _day(body: Mapping[str, Any], name: str) -> date:
    value = body.get(name)
    try:
        if isinstance(value, str) and DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    message = f"Invalid value at '{name}': {value!r} is not a date of the form YYYY-MM-DD."
    raise ValueError(message)


def _enum(name: str, value: Any, names: tuple[str, ...]) -> str:
    try:
        return normalized(value, names)
    except ValueError as error:
        message = f"Invalid value at '{name}': {error}."
        raise ValueError(message) from error


def _integer(body: Mapping[str, Any], name: str, default: int, least: int, most: int) -> int:
    value = body.get(name, default)
    number = int(value) if isinstance(value, str) and value.isdigit() else value
    if type(number) is not int or not least <= number <= most:
        message = f"Invalid value at '{name}': {value!r} is not a whole number from {least} to {most}."
        raise ValueError(message)
    return number


def _listed(body: Mapping[str, Any], name: str) -> list[Any]:
    value = body.get(name) or []
    if not isinstance(value, list):
        message = f"Invalid value at '{name}': {value!r} is not a list."
        raise ValueError(message)
    return value
