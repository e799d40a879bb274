"""What is known of a service without calling it: its configuration, credentials and directions.

The API's functions see no more of a service than this, so nothing here may import an HTTP library.
"""

import builtins
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from integrations.domain.errors import ValidationFailed
from integrations.domain.field_mapping import FieldMapping
from integrations.domain.job import Direction
from integrations.mapping.rules import Problem as MappingProblem
from integrations.mapping.rules import mapping_problems
from integrations.providers.addresses import Origin, advice, is_foreign, parse_origin

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

CREDENTIALS_BYTES_MAXIMUM = 4_096

_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_SHORT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


def _checked_origin(value: str) -> str:
    return str(parse_origin(value))


def _checked_printable(value: SecretStr) -> SecretStr:
    if not _PRINTABLE.fullmatch(value.get_secret_value()):
        raise ValueError("must consist of printable ASCII characters without spaces")
    return value


EntityTypeId = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Path = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=CREDENTIALS_BYTES_MAXIMUM)]
PrintableSecret = Annotated[Secret, AfterValidator(_checked_printable)]
"""A key or token: printable ASCII characters without spaces, so that it can stand in any header."""
Address = Annotated[str, Field(max_length=300), AfterValidator(_checked_origin)]
"""Where a service is called, as `https://host[:port]`; kept in one spelling."""


class _Model(BaseModel):
    """Input of users: camelCase, nothing unknown, nothing converted, and no input repeated in errors."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, alias_generator=to_camel, hide_input_in_errors=True
    )


class MatchConfig(_Model):
    """Records land on the entities whose `source` names the same page as their `target`."""

    source: Path
    target: Path


class ServiceConfig(_Model):
    """The keys that every service's configuration has. `entity_types` maps entity types to things of the service."""

    entity_types: Annotated[dict[EntityTypeId, str], Field(min_length=1)]
    match: MatchConfig | None = None
    auto_push: bool = False
    on_archive: Literal["ignore", "delete"] = "ignore"
    on_conflict: Literal["skip", "overwrite"] = "skip"

    @model_validator(mode="after")
    def _check_one_to_one(self) -> Self:
        if len(set(self.entity_types.values())) < len(self.entity_types):
            raise ValueError("entityTypes must be one to one: two entity types name the same thing of the service")
        return self

    @model_validator(mode="after")
    def _check_never_delete_matched(self) -> Self:
        if self.match is not None and self.on_archive == "delete":
            raise ValueError('onArchive "delete" is not possible with match: matched records are not ours to delete')
        return self


class ServiceCredentials(_Model):
    """What authorises calls to a service. All of it is secret."""


@dataclass(frozen=True, slots=True)
class ProviderSpec[C: ServiceConfig, K: ServiceCredentials]:
    """A service as data. The functions take the checked configuration, `takes_entity_ids` the stored one.

    `addresses_of` names the addresses that the credentials are given to, as origins (`https://host[:port]`);
    `own_hosts_of` the service's own hosts, all others having to be listed by the deployment;
    `target_problem` says what is wrong with a mapping's target path, or None. `quota_holder` names whom the service's
    rate limits apply to (a key, an account): only its hash is ever kept. `directions_of`, where given, narrows the
    directions to those of a stored configuration. Of `required_targets`, where given, one has to be mapped.
    Credentials may name addresses themselves (a token endpoint): `credential_addresses_of` tells them, and
    `credential_hosts` are the service's own ones.
    """

    type: str
    label: str
    directions: tuple[Direction, ...]
    default_direction: Direction
    config: builtins.type[C]
    credentials: builtins.type[K]
    addresses_of: Callable[[C], tuple[str, ...]]
    own_hosts_of: Callable[[C], tuple[str, ...]]
    target_problem: Callable[[str], str | None]
    takes_entity_ids: Callable[[Direction, Mapping[str, Any]], bool]
    quota_holder: Callable[[C, K], str]
    directions_of: Callable[[Mapping[str, Any]], tuple[Direction, ...]] | None = None
    required_targets: tuple[str, ...] = ()
    credential_addresses_of: Callable[[K], tuple[str, ...]] | None = None
    credential_hosts: tuple[str, ...] = ()

    def checked_config(self, raw: Mapping[str, Any]) -> C:
        """The configuration, complete with defaults. Raises `ValidationFailed` naming each field."""
        return _checked(self.config, raw, "config", self.label)

    def checked_credentials(self, raw: Mapping[str, Any]) -> K:
        """The credentials. Raises `ValidationFailed`, which never repeats any of them."""
        return _checked(self.credentials, raw, "credentials", self.label)

    def credentials_plaintext(self, raw: Mapping[str, Any]) -> bytes:
        """The checked credentials as they are encrypted: JSON of at most 4,096 bytes. Raises `ValidationFailed`."""
        self.checked_credentials(raw)
        plaintext = json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode()
        if len(plaintext) > CREDENTIALS_BYTES_MAXIMUM:
            message = f"{len(plaintext):,} bytes of JSON; at most {CREDENTIALS_BYTES_MAXIMUM:,} are allowed"
            raise ValidationFailed("The credentials are too long.", (("credentials", message),))
        return plaintext

    def addresses(self, config: Mapping[str, Any]) -> tuple[str, ...]:
        """The addresses that the credentials are bound to. Raises `ValidationFailed`."""
        return self.addresses_of(self.checked_config(config))

    def address_problems(self, config: Mapping[str, Any], listed: Sequence[str]) -> list[tuple[str, str]]:
        """(field, problem) for each address that is neither the service's own nor listed by the deployment. Raises
        `ValidationFailed`."""
        checked = self.checked_config(config)
        own_hosts = self.own_hosts_of(checked)
        foreign = _foreign(self.addresses_of(checked), own_hosts, listed)
        return [
            (_field_naming(config, each), f"{each} is not an address of {self.label}: {advice(own_hosts)}")
            for each in foreign
        ]

    def credential_address_problems(self, raw: Mapping[str, Any], listed: Sequence[str]) -> list[tuple[str, str]]:
        """The same for the addresses that the credentials name themselves, none of which is repeated. Raises
        `ValidationFailed`."""
        if self.credential_addresses_of is None:
            return []
        addresses = self.credential_addresses_of(self.checked_credentials(raw))
        problem = f"name an address that is none of {self.label}: {advice(self.credential_hosts)}"
        return [("credentials", problem) for _ in _foreign(addresses, self.credential_hosts, listed)]

    def entity_ids_supported(self, direction: Direction, config: Mapping[str, Any]) -> bool:
        """Whether a sync in that direction can be narrowed to entities. The configuration is taken as it is stored."""
        return self.takes_entity_ids(direction, config)

    def directions_for(self, config: Mapping[str, Any]) -> tuple[Direction, ...]:
        """The directions that an integration with this configuration has. It is taken as it is stored."""
        return self.directions_of(config) if self.directions_of else self.directions

    def mapping_problems(
        self, mappings: Sequence[FieldMapping], config: Mapping[str, Any] | None = None
    ) -> list[MappingProblem]:
        """What is wrong with the mappings: by the rules for all services, then by this one's for its targets. A stored
        configuration that has no push requires no target."""
        found = ((index, self.target_problem(mapping.target)) for index, mapping in enumerate(mappings))
        own: list[MappingProblem] = [(index, "target", problem) for index, problem in found if problem]
        required = set(self.required_targets) if config is None or "push" in self.directions_for(config) else set()
        if required and not {mapping.target for mapping in mappings} & required:
            own.append((0, "target", f"{self.label} needs {' or '.join(self.required_targets)}: map one of them"))
        return [*mapping_problems(mappings), *own]


def _foreign(addresses: Sequence[str], own_hosts: Sequence[str], listed: Sequence[str]) -> list[Origin]:
    return [origin for origin in map(parse_origin, addresses) if is_foreign(origin, own_hosts, listed)]


def _field_naming(config: Mapping[str, Any], origin: Origin) -> str:
    """Where the configuration names the address: as `apiHost` and the like."""
    hosts = {key: value for key, value in config.items() if key.endswith("Host") and isinstance(value, str)}
    return next((f"config.{key}" for key, value in hosts.items() if parse_origin(value) == origin), "config")


def _checked[M: BaseModel](model: type[M], raw: Mapping[str, Any], name: str, label: str) -> M:
    try:
        return model.model_validate(dict(raw))
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        details = tuple((_field(name, problem), _message(model, problem)) for problem in found)
    # Raised outside the handler: the original error, as context, would hold what was given.
    raise ValidationFailed(f"The {name} of {label} {'are' if name.endswith('s') else 'is'} not valid.", details)


def _field(name: str, problem: "ErrorDetails") -> str:
    """Where the problem is, as a path; a key that may be a secret in the wrong place isn't repeated."""
    parts = [str(part) for part in problem["loc"] if part != "[key]"]
    if name == "credentials":
        known = len(parts) - (problem["type"] == "extra_forbidden")
        parts = [part if at < known and _SHORT_NAME.fullmatch(part) else "(key)" for at, part in enumerate(parts)]
    return ".".join([name, *parts])


def _message(model: type[BaseModel], problem: "ErrorDetails") -> str:
    if problem["type"] == "extra_forbidden" and len(problem["loc"]) == 1:
        known = ", ".join(field.alias or name for name, field in model.model_fields.items())
        return f"unknown key; known are {known}"
    return problem["msg"].removeprefix("Value error, ")
