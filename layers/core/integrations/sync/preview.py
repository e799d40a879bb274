"""What a preview shows of an entity, and what it is made from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from integrations.domain.entity import Entity
from integrations.domain.errors import RecordRejected
from integrations.domain.link import Link
from integrations.mapping.digest import value_hash
from integrations.mapping.paths import MISSING
from integrations.providers.contract import Provider, RecordLookup, RemoteRecord
from integrations.sync.run import Terms

type Action = Literal["create", "update", "delete", "none", "conflict", "fail"]


@dataclass(frozen=True, slots=True)
class Change:
    """A field of the side that is written: a push's target, a pull's source. None stands for what isn't there."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of an entity. With a `conflict`, `changes` show the fields in conflict as well, which are left
    alone; `reason` names them. `external_id` is None where the record would not even get one."""

    entity_id: str
    external_id: str | None
    action: Action
    changes: tuple[Change, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """An entity that was asked for by its id, as it is; None where there is none."""

    entity_id: str
    entity: Entity | None
    link: Link | None

    @property
    def external_id(self) -> str | None:
        """What it is linked to."""
        return self.link.external_id if self.link else None

    def fails(self, error: RecordRejected, external_id: str | None = None) -> Preview:
        """It would fail, for this."""
        return Preview(
            self.entity_id, external_id or self.external_id, "fail", reason=f"{error.message} ({error.code})"
        )

    def stays(self, external_id: str | None = None) -> Preview:
        """Nothing would become of it."""
        return Preview(self.entity_id, external_id or self.external_id, "none")


def changes_of(fields: Iterable[tuple[str, object, object]]) -> tuple[Change, ...]:
    """Those of the fields, each with its values before and after, whose values differ; `MISSING` is shown as None."""
    return tuple(
        Change(field, _shown(before), _shown(after))
        for field, before, after in fields
        if value_hash(before) != value_hash(after)
    )


def _shown(value: object) -> object:
    return None if value is MISSING else value


def records_of(provider: Provider, external_ids: Iterable[str]) -> Mapping[str, RemoteRecord]:
    """The records that the service has, as far as it shows any."""
    ids = list(dict.fromkeys(external_ids))
    return provider.read_records(ids) if ids and isinstance(provider, RecordLookup) else {}


def subjects_of(terms: Terms, entity_ids: Sequence[str]) -> list[Subject]:
    """The entities with their links, in the order of the ids."""
    entities = terms.entities.read_of_types(terms.scope[0], dict.fromkeys(sorted(terms.entity_types), entity_ids))
    links = terms.links.read(*terms.scope, entity_ids)
    return [Subject(entity_id, entities.get(entity_id), links.get(entity_id)) for entity_id in entity_ids]
