"""Which field of an entity goes to which field of the external record."""

from dataclasses import dataclass
from typing import Literal

Transform = Literal["uppercase", "lowercase", "slugify", "markdown_to_html"]
TRANSFORMS: tuple[Transform, ...] = ("uppercase", "lowercase", "slugify", "markdown_to_html")


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """`source` is a path in WISEROWS (`fields.title`), `target` one in the service (`slug.current`)."""

    source: str
    target: str
    transform: Transform | None = None
