"""The parts of an integration that an admin gives, and whether the service's rules allow them. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from integrations.domain.errors import ValidationFailed
from integrations.domain.field_mapping import FieldMapping
from integrations.domain.schedule import schedule_problem

if TYPE_CHECKING:
    from integrations.providers.spec import ProviderSpec

CONFIG_BYTES_MAXIMUM = 65_536
Problem = tuple[str, str]
"""A field's path, and what is wrong there."""


class Parts(TypedDict, total=False):
    """Those that were given. `config` and `field_mappings` replace what was there, a `schedule` of None removes it."""

    name: str
    config: Mapping[str, Any]
    field_mappings: tuple[FieldMapping, ...]
    schedule: Mapping[str, Any] | None
    status: Literal["active", "inactive"]


def require_valid(
    spec: "ProviderSpec[Any, Any]", parts: Parts, config: Mapping[str, Any], listed: Sequence[str]
) -> None:
    """Raises `ValidationFailed` with every problem of the parts. `config` is the one in force, `listed` the addresses
    that the deployment adds to the services' own."""
    problems: list[Problem] = []
    if "config" in parts:
        problems += _config_problems(spec, parts["config"], listed)
    known_config = None if problems else config
    if parts.get("field_mappings"):
        found = spec.mapping_problems(parts["field_mappings"], known_config)
        problems += [(f"fieldMappings.{index}.{side}", message) for index, side, message in found]
    schedule = parts.get("schedule")
    if schedule is not None:
        problems += _schedule_problems(spec, schedule, known_config)
    if problems:
        count = f"{len(problems)} value{'s' if len(problems) > 1 else ''}"
        raise ValidationFailed(f"{count} cannot be accepted by {spec.label}; see details", tuple(problems))


def _config_problems(
    spec: "ProviderSpec[Any, Any]", config: Mapping[str, Any], listed: Sequence[str]
) -> Sequence[Problem]:
    size = len(json.dumps(config).encode())
    if size > CONFIG_BYTES_MAXIMUM:
        return [("config", f"takes {size:,} bytes as JSON; at most {CONFIG_BYTES_MAXIMUM:,} are allowed")]
    try:
        return spec.address_problems(config, listed)
    except ValidationFailed as error:
        return error.details


def _schedule_problems(
    spec: "ProviderSpec[Any, Any]", schedule: Mapping[str, Any], config: Mapping[str, Any] | None
) -> Iterator[Problem]:
    problem = schedule_problem(schedule["expression"])
    if problem:
        yield "schedule.expression", f"{schedule['expression'][:64]!r} {problem}"
    directions = spec.directions if config is None else spec.directions_for(config)
    if schedule.get("direction", directions[0]) not in directions:
        yield "schedule.direction", f"must be one that {spec.label} has here: {', '.join(directions)}"
