"""What admins send to manage integrations. The service's own rules, for `config` and mappings, are checked after."""

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from integrations.api.requests import PAGE_MAXIMUM, Input, left_out, whole_number
from integrations.domain.field_mapping import Transform
from integrations.domain.job import Direction, Mode

MAPPINGS_MAXIMUM = 200


def _one_line(value: str) -> str:
    if not value.strip() or re.search(r"[\x00-\x1f\x7f]", value):
        raise ValueError("should be one line of text, not only blanks")
    return value


Name = Annotated[str, Field(min_length=1, max_length=128), AfterValidator(_one_line)]
Config = dict[str, Any]
_CONFIG = "The service's own keys, and `entityTypes`: entity type to thing of the service, one to one"
_MAPPINGS = "Which field of an entity goes to which field of the external record"


class FieldMappingInput(Input):
    """Which field of an entity goes to which field of the external record."""

    source: str = Field(description="Path in WISEROWS", examples=["fields.title"], max_length=1024)
    target: str = Field(description="Path in the service", examples=["slug.current"], max_length=1024)
    transform: Transform | None = Field(default=None, description="What is done to the value on a push")


class ScheduleInput(Input):
    """When to sync by itself. A start may be up to five minutes late; there is none while the status is `inactive`."""

    expression: str = Field(
        description="`rate(…)` or `cron(…)` as EventBridge Scheduler has them",
        examples=["rate(1 hour)", "cron(0 8 ? * MON-FRI *)"],
        min_length=1,
        max_length=256,
    )
    timezone: str = left_out(
        "The time zone that a `cron` is meant in; UTC without it",
        examples=["Europe/Berlin"],
        max_length=64,
        pattern=r"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$",
    )
    direction: Direction = left_out("The service's default without it")
    mode: Mode = left_out("`incremental` without it")


Mappings = Annotated[list[FieldMappingInput], Field(max_length=MAPPINGS_MAXIMUM)]


class CreateIntegration(Input):
    """A new integration. Credentials are never part of it: give them with PUT …/credentials."""

    configures: ClassVar[bool] = True
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "sanity",
                    "name": "Production site",
                    "config": {
                        "projectId": "zx3vzmn1",
                        "dataset": "production",
                        "entityTypes": {"article": "post"},
                    },
                    "fieldMappings": [
                        {"source": "fields.title", "target": "title", "transform": None},
                        {"source": "fields.title", "target": "slug.current", "transform": "slugify"},
                    ],
                    "schedule": {"expression": "rate(1 hour)", "direction": "pull"},
                }
            ]
        }
    )

    type: str = Field(
        description="The service", max_length=64, examples=["sanity", "google_search_console", "posthog", "loops"]
    )
    name: Name = Field(examples=["Production site"])
    config: Config = Field(description=_CONFIG)
    field_mappings: Mappings = left_out(_MAPPINGS)
    schedule: ScheduleInput = left_out("When to sync by itself; never without it")


class UpdateIntegration(Input):
    """What to change; what is left out stays. A value that is given replaces the whole old one."""

    configures: ClassVar[bool] = True
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "Staging site"}, {"status": "inactive"}, {"schedule": None}],
        }
    )

    name: Name = left_out("Its name", examples=["Production site"])
    config: Config = left_out(_CONFIG)
    field_mappings: Mappings = left_out(_MAPPINGS)
    status: Literal["active", "inactive"] = left_out(
        "`inactive` stops syncing; `active` makes it again what it was before, `pending` if that isn't proven"
    )
    schedule: ScheduleInput | None = left_out("When to sync by itself; null for never again")


class VersionHeaders(Input):
    """Which version a change is made from."""

    if_match: str = left_out(
        'The `version` that the change is made from: `3`, `"3"` or `W/"3"`',
        alias="If-Match",
        min_length=1,
        max_length=1024,
    )

    def versions(self) -> frozenset[int] | None:
        """The versions named, none for text that names none; None without the header."""
        if not self.if_match:
            return None
        given = [re.fullmatch(r'(?:W/)?("?)([0-9]{1,15})\1', part.strip()) for part in self.if_match.split(",")]
        return frozenset(int(match[2]) for match in given if match)


class Credentials(Input):
    """What the service's calls are authorised with: its own keys, at most 4,096 bytes of JSON in all."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "writeOnly": True,
            "examples": [{"token": "sk…", "webhookSecret": "…"}],
        },
    )


class AuditQuery(Input):
    """Which entries to list."""

    model_config = ConfigDict(strict=False)

    limit: Annotated[int, BeforeValidator(whole_number)] = Field(
        default=20, ge=1, le=PAGE_MAXIMUM, description="Entries a page"
    )
    cursor: str = left_out("`meta.nextCursor` of the page before", min_length=1, max_length=1024)
