"""A pulled record on its way to its entity, and what is decided of it before anything is written."""

from dataclasses import dataclass, replace

from integrations.domain.entity import Entity
from integrations.domain.errors import RecordRejected
from integrations.domain.identity import PUSHED_PREFIX
from integrations.domain.link import Failure, Link
from integrations.providers.contract import RemoteRecord
from integrations.sync.incoming import Decision, PullRules, decide
from integrations.sync.owners import Owners
from integrations.sync.run import Terms


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record and the entity it belongs to; `entity_id` is None for one made by an entity that is no more. Unless it
    `may_create` one, a record whose entity isn't there is only counted."""

    record: RemoteRecord
    entity_id: str | None
    failure: Failure | None = None
    retry: bool = False
    may_create: bool = True

    def after(self, failure: Failure | None) -> "Arrival":
        """The same, knowing how it failed before."""
        return replace(self, failure=failure)

    @property
    def creates(self) -> bool:
        """Whether its entity is made of it where there is none."""
        return self.may_create and not self.record.external_id.startswith(PUSHED_PREFIX)


def pull_rules(terms: Terms) -> PullRules:
    """What decides pulls on these terms."""
    return PullRules(
        terms.integration.field_mappings,
        terms.integration.mapping_version,
        may_conflict=terms.may_conflict,
        remote_wins=terms.mode == "resync",
    )


def decide_arrival(
    terms: Terms, rules: PullRules, owners: Owners, arrival: Arrival, link: Link | None, entity: Entity | None
) -> tuple[Entity, Decision] | None:
    """The entity as the record finds it, and what the record does to it; None where that is nothing, the entity being
    gone or archived. Raises `RecordRejected`."""
    is_new = entity is None
    if entity is None and not arrival.creates:
        return None
    current = entity or _blank(terms, owners, arrival)
    if current.archived_at is not None:
        return None
    decision = decide(
        rules,
        # Without its entity a link remembers nothing worth keeping: the record comes in whole.
        None if is_new else link,
        arrival.record,
        current,
        terms.clock(),
        is_new=is_new,
        is_made_of_it=current.id == owners.entity_id_of(arrival.record),
    )
    return current, decision


def _blank(terms: Terms, owners: Owners, arrival: Arrival) -> Entity:
    now = terms.clock()
    return Entity(str(arrival.entity_id), owners.entity_type_of(arrival.record), {}, now, now)


def absence() -> RecordRejected:
    """Why an entity that was asked for by its id can't be looked up."""
    message = "there is no such entity among the mapped types, or it is archived"
    return RecordRejected(message, code="entity_not_found")


def not_linked() -> RecordRejected:
    """Why an entity that was asked for by its id can't be pulled."""
    return RecordRejected("the entity is linked to no record of the service yet; push it first", code="not_linked")


def record_missing(external_id: str) -> RecordRejected:
    """Why a linked entity can't be pulled."""
    return RecordRejected(f"the service has no record {external_id} any more", code="record_missing")
