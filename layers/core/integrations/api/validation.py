"""What pydantic found wrong, in words for the person who sent it: which field, what is allowed, what to do."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from integrations.domain.errors import ValidationFailed

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

DETAILS_MAXIMUM: Final = 100
SHOWN_CHARACTERS: Final = 64
_SHOWS_INPUT: Final = frozenset({"literal_error", "int_parsing", "greater_than_equal", "less_than_equal"})


def validation_failed(error: "ValidationError", model: "type[BaseModel]", root: str) -> ValidationFailed:
    """One detail per finding, at most 100; `root` names what was read where it is wrong as a whole (`body`)."""
    found = [(_path(each["loc"]) or root, _words(each, model)) for each in error.errors(include_url=False)]
    fields = ", ".join(dict.fromkeys(field for field, _ in found[:5])) + (", …" if len(found) > 5 else "")
    message = f"{len(found)} value{'s' if len(found) > 1 else ''} cannot be accepted: {fields}; see details"
    return ValidationFailed(message, tuple(found[:DETAILS_MAXIMUM]))


def _path(location: Sequence[int | str]) -> str:
    """`("entityIds", 3)` is `entityIds[3]`."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def _words(error: "ErrorDetails", model: "type[BaseModel]") -> str:
    """Values are quoted only where they can be no secret: those of closed sets and numbers."""
    kind, message = error["type"], error["msg"].removeprefix("Value error, ")
    if kind == "missing":
        return "is required"
    if kind == "extra_forbidden":
        allowed = ", ".join(field.alias or name for name, field in model.model_fields.items())
        return f"is not a known key; allowed here: {allowed}"
    if kind == "model_type":
        return "must be a JSON object"
    words = message.replace("Input should", "should", 1)
    return f"{str(error['input'])[:SHOWN_CHARACTERS]!r} given; {words}" if kind in _SHOWS_INPUT else words
