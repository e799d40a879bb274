"""What a pulled record means for its entity: decided from link, record and entity alone. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from integrations.domain.entity import Entity
from integrations.domain.field_mapping import FieldMapping
from integrations.domain.link import Link, TargetMemory
from integrations.mapping.apply import apply_to_fields, map_entity, pull_value
from integrations.mapping.digest import ABSENCE_HASH, value_hash
from integrations.mapping.paths import MISSING, parse_path, read_path
from integrations.mapping.rules import pulled_mappings
from integrations.providers.contract import RemoteRecord
from integrations.sync.memory import changed_there, is_exact, made_hashes, only_mapped, seen_hashes


@dataclass(frozen=True, slots=True)
class PullRules:
    """What decides a pull: the mappings, their version, and who wins. `remote_wins` ignores memory (a resync);
    `may_lag` says that the service may answer with values it has replaced."""

    mappings: Sequence[FieldMapping]
    mapping_version: int
    may_conflict: bool
    remote_wins: bool
    may_lag: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """`entity` is what to write (None: nothing), `link` what to remember, `conflicts` the targets left alone."""

    link: Link
    entity: Entity | None = None
    conflicts: frozenset[str] = field(default=frozenset())


def changed_targets(rules: PullRules, link: Link | None, record: RemoteRecord, now_ms: int) -> frozenset[str]:
    """The targets the service has differently than remembered; without memory, all that the record has."""
    seen = seen_hashes(record.document, rules.mappings)
    if link is None or rules.remote_wins:
        return frozenset(m.target for m in rules.mappings if _remote_value(record, m) is not MISSING)
    changed = changed_there(link if rules.may_lag else replace(link, superseded=()), seen, now_ms)
    return frozenset(target for target in changed if target in link.targets or seen[target] != ABSENCE_HASH)


def decide(
    rules: PullRules,
    link: Link | None,
    record: RemoteRecord,
    entity: Entity,
    now_ms: int,
    *,
    is_new: bool = False,
    is_made_of_it: bool = False,
) -> Decision:
    """What the record does to the entity, which `is_new` or at least `is_made_of_it`: made of this record once. Raises
    `RecordRejected` where its values can't be mapped.

    Local changes that no push has taken yet stay remembered as such; every other target's `made` is computed from the
    entity as written, so that the next push has nothing to overwrite the editor's work with."""
    seen = seen_hashes(record.document, rules.mappings)
    changed = changed_targets(rules, link, record, now_ms)
    before = made_hashes(map_entity(entity.as_source(), rules.mappings))
    writes, conflicts = _writes(rules, link, record, entity, changed, before)
    written = _written(entity, writes, now_ms, is_new=is_new)
    after = made_hashes(map_entity((written or entity).as_source(), rules.mappings))
    base = only_mapped(
        link or Link(entity.id, record.external_id, 0, rules.mapping_version), (m.target for m in rules.mappings)
    )
    targets = dict(base.targets)
    open_targets = set(conflicts)
    arrived = {mapping.source for mapping in pulled_mappings(rules.mappings) if mapping.target in changed - conflicts}
    sources = {mapping.target: mapping.source for mapping in rules.mappings}
    for target in after:
        # What an arrived value makes of its source's other targets is no local change, also where the value is there
        # already: a worker that stopped dead may have written the entity and not its link.
        is_explained = sources[target] in arrived and (is_made_of_it or target in base.targets)
        is_waiting = not is_new and not rules.remote_wins and not is_explained and _waits(link, target, before, seen)
        if target in conflicts or is_waiting:
            open_targets.add(target)
            continue
        is_old_news = target not in changed and target in targets
        targets[target] = TargetMemory(after[target], targets[target].seen if is_old_news else seen[target])
    settled = replace(
        base,
        targets=targets,
        revision=record.revision if is_exact(targets, seen) else base.revision,
        mapping_version=rules.mapping_version,
        entity_updated_at=0 if open_targets else (written or entity).updated_at,
        deleted_at=None,
    )
    return Decision(settled, written, frozenset(conflicts))


def _writes(
    rules: PullRules,
    link: Link | None,
    record: RemoteRecord,
    entity: Entity,
    changed: frozenset[str],
    before: Mapping[str, bytes],
) -> tuple[dict[str, Any], frozenset[str]]:
    """Source path → new value for what changed there, and the targets in conflict."""
    writes: dict[str, Any] = {}
    conflicts = set()
    for mapping in pulled_mappings(rules.mappings):
        if mapping.target not in changed:
            continue
        there = _remote_value(record, mapping)
        value = None if there is MISSING else pull_value(mapping, there)
        is_equal = before.get(mapping.target) == value_hash(there)
        current = read_path(entity.as_source(), parse_path(mapping.source))
        if is_equal or value_hash(current) == value_hash(value) or (value is None and current is MISSING):
            continue
        if rules.may_conflict and link is not None and _changed_here(link, mapping.target, before):
            conflicts.add(mapping.target)
        else:
            writes[mapping.source] = value
    return writes, frozenset(conflicts)


def _written(entity: Entity, writes: Mapping[str, Any], now_ms: int, *, is_new: bool) -> Entity | None:
    if not writes and not is_new:
        return None
    updated_at = entity.updated_at if is_new else max(now_ms, entity.updated_at + 1)
    return replace(entity, fields=apply_to_fields(entity.fields, writes), updated_at=updated_at)


def _remote_value(record: RemoteRecord, mapping: FieldMapping) -> Any:  # noqa: ANN401 - any JSON value
    return read_path(record.document, parse_path(mapping.target))


def _changed_here(link: Link, target: str, before: Mapping[str, bytes]) -> bool:
    """Whether the entity makes the target differently than remembered."""
    memory = link.targets.get(target)
    return memory is not None and before.get(target, memory.made) != memory.made


def _waits(link: Link | None, target: str, before: Mapping[str, bytes], seen: Mapping[str, bytes]) -> bool:
    """Whether the target has something for the next push: a local change, or a value the service never had."""
    if target not in before:
        return False
    if link is None or target not in link.targets:
        return seen[target] == ABSENCE_HASH
    return _changed_here(link, target, before)
