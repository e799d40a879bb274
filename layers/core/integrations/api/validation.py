"""What was sent, read by pydantic models; and what is wrong with it, in words for the person who sent it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ValidationError

from integrations.domain.errors import MalformedJson, ValidationFailed

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

DETAILS_MAXIMUM: Final = 100
SHOWN_CHARACTERS: Final = 64
_SHOWS_INPUT: Final = frozenset({"literal_error", "greater_than_equal", "less_than_equal"})
"""Values are repeated only where they can be no secret: those of closed sets, and numbers."""


def names_in(model: type[BaseModel]) -> list[str]:
    """The fields as clients write them."""
    return [field.alias or name for name, field in model.model_fields.items()]


def validated[M: BaseModel](model: type[M], given: Mapping[str, Any], root: str) -> M:
    """Raises `ValidationFailed`; `root` names what was read, where it is wrong as a whole."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise _validation_failed(error, model, root) from None


def validated_json[M: BaseModel](model: type[M], raw: bytes, root: str) -> M:
    """Raises `MalformedJson`, `ValidationFailed`."""
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if first["type"] != "json_invalid":
            raise _validation_failed(error, model, root) from None
        reason = first["msg"].removeprefix("Invalid JSON: ")
        raise MalformedJson(f"the {root} is not JSON: {reason}; send one JSON object, encoded as UTF-8") from None


def _validation_failed(error: ValidationError, model: type[BaseModel], root: str) -> ValidationFailed:
    """One detail per finding, at most 100."""
    configures = getattr(model, "configures", False)
    found = [(_path(each["loc"], configures) or root, _words(each, model)) for each in error.errors(include_url=False)]
    fields = ", ".join(dict.fromkeys(field for field, _ in found[:5])) + (", …" if len(found) > 5 else "")
    message = f"{len(found)} value{'s' if len(found) > 1 else ''} cannot be accepted: {fields}; see details"
    return ValidationFailed(message, tuple(found[:DETAILS_MAXIMUM]))


def _path(location: Sequence[int | str], dotted: bool) -> str:
    """`("entityIds", 3)` is `entityIds[3]`, or dotted `entityIds.3`."""
    path = ""
    for part in location:
        name = str(part)[:SHOWN_CHARACTERS]
        path += f"[{name}]" if isinstance(part, int) and not dotted else f".{name}" if path else name
    return path


def _words(error: "ErrorDetails", model: type[BaseModel]) -> str:
    kind, message = error["type"], error["msg"].removeprefix("Value error, ")
    if kind == "missing":
        return "is required"
    if kind == "extra_forbidden":
        return f"is not a known key; allowed here: {', '.join(names_in(model))}"
    if kind == "model_type":
        return "must be a JSON object"
    words = message.replace("Input should", "should", 1)
    if kind not in _SHOWS_INPUT or getattr(model, "configures", False):
        return words
    return f"{str(error['input'])[:SHOWN_CHARACTERS]!r} given; {words}"
