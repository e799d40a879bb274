"""The four transforms of a field mapping, and their way back on a pull."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from slugify import slugify

from integrations.domain.errors import RecordRejected
from integrations.domain.field_mapping import Transform
from integrations.mapping.html import markdown_to_html
from integrations.mapping.markdown import html_to_markdown

TEXT_MAXIMUM_BYTES = 1_000_000

_TRANSFORMS: Mapping[Transform, Callable[[str], str]] = MappingProxyType(
    {
        "uppercase": str.upper,
        "lowercase": str.lower,
        "slugify": slugify,
        "markdown_to_html": markdown_to_html,
    }
)


def apply_transform(transform: Transform | None, value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The value transformed: strings, and lists of strings element by element; null stays null.

    Raises `RecordRejected` for any other type (`transform_type`) and for text over 1 MB (`value_too_large`)."""
    if transform is None or value is None:
        return value
    return _each_text(transform, value, _TRANSFORMS[transform])


def invert_transform(transform: Transform | None, value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The value as it comes back: HTML as Markdown again, anything else as it is."""
    if transform != "markdown_to_html" or value is None:
        return value
    return _each_text(transform, value, html_to_markdown)


def _each_text(transform: Transform, value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401
    texts = value if isinstance(value, list | tuple) else [value]
    for text in texts:
        _require_text(transform, text)
    changed = [change(text) for text in texts]
    return changed if isinstance(value, list | tuple) else changed[0]


def _require_text(transform: Transform, text: object) -> None:
    if not isinstance(text, str):
        found = type(text).__name__
        message = f"{transform} takes a string or a list of strings, and found a {found}"
        raise RecordRejected(message, code="transform_type")
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > TEXT_MAXIMUM_BYTES:
        message = f"{transform} takes at most {TEXT_MAXIMUM_BYTES:,} bytes of text, and found {size:,}"
        raise RecordRejected(message, code="value_too_large")
