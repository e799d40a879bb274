"""Names that Google takes in several spellings: lowerCamel, UPPER_SNAKE, any case (PROVIDERS 2.2)."""

from collections.abc import Sequence
from typing import Any

SEARCH_TYPES = ("web", "image", "video", "news", "discover", "googleNews")
DIMENSIONS = ("date", "hour", "query", "page", "country", "device", "searchAppearance")
FILTERABLE = ("query", "page", "country", "device", "searchAppearance")
OPERATORS = ("equals", "notEquals", "contains", "notContains", "includingRegex", "excludingRegex")
AGGREGATIONS = ("auto", "byPage", "byProperty", "byNewsShowcasePanel")
DATA_STATES = ("final", "all", "hourly_all")
GROUP_TYPES = ("and",)


def normalized(value: Any, names: Sequence[str]) -> str:
    """The name that is meant, whatever its case and underscores. Raises `ValueError` with those there are."""
    folded = _folded(value) if isinstance(value, str) else None
    for name in names:
        if _folded(name) == folded:
            return name
    message = f"{value!r} is not one of {', '.join(names)}"
    raise ValueError(message)


def _folded(text: str) -> str:
    return text.replace("_", "").lower()
