"""What clients send, field by field: validated on the way in, and the schemas of the OpenAPI document."""

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from integrations.domain.job import Direction, JobStatus, Mode

ENTITY_IDS_MAXIMUM = 1000
PREVIEWED_MAXIMUM = 50
PAGE_MAXIMUM = 100

Category = Literal["seo", "ai", "export", "sync"]
Id = Annotated[str, Field(min_length=1, max_length=128)]


def _without_default(schema: dict[str, Any]) -> None:
    """An input that may be left out, but is never null, has no default to show."""
    schema.pop("default", None)


def left_out(description: str, **rules: Any) -> Any:  # noqa: ANN401 - as pydantic.Field
    """A field that may be left out: None then, which it never is when given."""
    return Field(default=None, description=description, json_schema_extra=_without_default, **rules)


def _distinct(ids: list[str], maximum: int = ENTITY_IDS_MAXIMUM) -> list[str]:
    distinct = list(dict.fromkeys(ids))
    if len(distinct) > maximum:
        message = f"{len(distinct)} different ids given; at most {maximum} a call: split them"
        raise ValueError(message)
    return distinct


def _distinct_for_preview(ids: list[str]) -> list[str]:
    return _distinct(ids, PREVIEWED_MAXIMUM)


def whole_number(value: object) -> object:
    """A query string's number as it is; refuses what pydantic would take for one as well, such as 1.0."""
    if isinstance(value, str) and not re.fullmatch("[0-9]{1,9}", value):
        message = f"{value[:32]!r} given; should be a whole number"
        raise ValueError(message)
    return value


class Input(BaseModel):
    """What a client sends: unknown keys are refused, nothing is converted, and what is left out isn't null.

    Where something `configures`, a secret may be given in a wrong place: no value is repeated in details. Elements of
    lists are named there as the services' own rules name them, `fieldMappings.2.target`, and not as `entityIds[3]`."""

    configures: ClassVar[bool] = False
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True, frozen=True)


class SyncRequest(Input):
    """Which way to sync, and how much. Everything may be left out, the body too."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"direction": "push"}, {"direction": "pull", "mode": "full"}, {"entityIds": ["article-1"]}]
        }
    )

    direction: Direction = left_out("`push` exports to the service, `pull` imports from it. Default: the service's")
    entity_ids: Annotated[list[Id], AfterValidator(_distinct)] = left_out(
        "Only these entities, 1 to 1,000 different ids; without it, all entities of the mapped types", min_length=1
    )
    mode: Mode = left_out(
        "`full` compares everything (a push's default), `incremental` reads what changed (a pull's default), "
        "`resync` ignores what is remembered: everything is exchanged, and the direction wins"
    )


class PreviewRequest(Input):
    """Which way, and which entities."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"direction": "push", "entityIds": ["article-1"]}]})

    direction: Direction = Field(description="`push` exports to the service, `pull` imports from it")
    entity_ids: Annotated[list[Id], AfterValidator(_distinct_for_preview)] = Field(
        description="1 to 50 different ids", min_length=1
    )


class SyncHeaders(Input):
    """Headers of a trigger."""

    idempotency_key: str = left_out(
        "Repeat a trigger safely: for 24 hours the same key and body answer with the same job",
        alias="Idempotency-Key",
        min_length=1,
        max_length=128,
    )


class JobsQuery(Input):
    """Which jobs to list. A query string is text: numbers are read from it."""

    model_config = ConfigDict(strict=False)

    status: JobStatus = left_out("Only jobs of this status")
    category: Category = left_out("Only jobs of this category; those of this API are `sync`")
    limit: Annotated[int, BeforeValidator(whole_number)] = Field(
        default=20, ge=1, le=PAGE_MAXIMUM, description="Jobs a page"
    )
    cursor: str = left_out("`meta.nextCursor` of the page before", min_length=1, max_length=1024)
