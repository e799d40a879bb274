"""An example of an answer, made of its fields' own examples; only the OpenAPI document loads this."""

from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeAliasType, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def example_of(model: type[BaseModel]) -> dict[str, Any]:
    """Each field with its first example, or with one that follows from its type. Raises `LookupError`, naming the
    field, where neither is there."""
    found = {}
    for name, field in model.model_fields.items():
        try:
            found[field.alias or name] = _of_field(field)
        except LookupError:
            raise LookupError(f"{model.__name__}.{name} needs an example") from None
    return found


def _of_field(field: FieldInfo) -> Any:  # noqa: ANN401 - any JSON
    return field.examples[0] if field.examples else _of_type(field.annotation)


def _of_type(annotation: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(annotation, TypeAliasType):
        return _of_type(annotation.__value__)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        extra = next((each for each in arguments[1:] if isinstance(each, FieldInfo) and each.examples), None)
        return extra.examples[0] if extra and extra.examples else _of_type(arguments[0])
    if origin in (Union, UnionType):
        return _of_type(next(each for each in arguments if each is not NoneType))
    if origin is Literal:
        return arguments[0]
    if origin is list:
        return [_of_type(arguments[0])]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return example_of(annotation)
    if annotation is bool:
        return True
    raise LookupError
