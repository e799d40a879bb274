"""What a mapping does to a value on its way out, and undoes on its way in."""

from collections.abc import Callable

from slugify import slugify

from integrations.domain.errors import RecordRejected
from integrations.domain.field_mapping import Transform
from integrations.mapping.html import markdown_to_html, without_surrogates
from integrations.mapping.markdown import html_to_markdown
from integrations.mapping.paths import Json, describe

TEXT_BYTES_MAXIMUM = 1_000_000


def apply_transform(transform: Transform | None, value: Json) -> Json:
    """`value` transformed: a text, or a list of texts element by element. Null stays null, and no transform changes
    nothing.

    Raises `RecordRejected`: `transform_type` for any other type, `value_too_large` for a text over 1 MB.
    """
    if transform is None or value is None:
        return value
    return _each_text(_function(transform), transform, value)


def invert_transform(transform: Transform | None, value: Json) -> Json:
    """What is pulled for a remote `value`: Markdown for the HTML of `markdown_to_html`; the value itself for the rest,
    whose letters are lost. Raises `RecordRejected` as `apply_transform` does."""
    if transform != "markdown_to_html" or value is None:
        return value
    return _each_text(html_to_markdown, transform, value)


def slug(text: str) -> str:
    """`text` in the letters a-z, digits and single hyphens between them; transliterated, empty if nothing is left."""
    return slugify(without_surrogates(text))


def _function(transform: Transform) -> Callable[[str], str]:
    match transform:
        case "uppercase":
            return str.upper
        case "lowercase":
            return str.lower
        case "slugify":
            return slug
        case "markdown_to_html":
            return markdown_to_html


def _each_text(function: Callable[[str], str], transform: Transform, value: Json) -> Json:
    if isinstance(value, str):
        return function(_bounded(transform, value))
    if not isinstance(value, (list, tuple)):
        raise _wrong_type(transform, describe(value))
    texts = []
    for number, element in enumerate(value):
        if not isinstance(element, str):
            raise _wrong_type(transform, f"{describe(element)} as element {number} of a list")
        texts.append(function(_bounded(transform, element)))
    return texts


def _wrong_type(transform: Transform, found: str) -> RecordRejected:
    message = f"The transform {transform} works on a text or a list of texts; this value is {found}."
    return RecordRejected(message, code="transform_type")


def _bounded(transform: Transform, text: str) -> str:
    if len(text) * 4 > TEXT_BYTES_MAXIMUM:
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > TEXT_BYTES_MAXIMUM:
            message = f"The transform {transform} works on texts up to {TEXT_BYTES_MAXIMUM} bytes; this one has {size}."
            raise RecordRejected(message, code="value_too_large")
    return text
