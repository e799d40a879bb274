"""How a link remembers: what changed here, what changed there, and what is old news. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from integrations.domain.field_mapping import FieldMapping
from integrations.domain.link import Link, Superseded, TargetMemory
from integrations.mapping.digest import ABSENCE_HASH, value_hash
from integrations.mapping.paths import parse_path, read_path


def made_hashes(targets: Mapping[str, Any]) -> dict[str, bytes]:
    """What the mapping makes of the entity, target by target."""
    return {target: value_hash(value) for target, value in targets.items()}


def seen_hashes(document: Mapping[str, Any], mappings: Iterable[FieldMapping]) -> dict[str, bytes]:
    """What the service has, target by target; a target that isn't there has a hash too."""
    return {mapping.target: value_hash(read_path(document, parse_path(mapping.target))) for mapping in mappings}


def changed_here(link: Link | None, made: Mapping[str, bytes]) -> frozenset[str]:
    """The targets that the entity makes differently than remembered, those without memory included."""
    if link is None:
        return frozenset(made)
    return frozenset(target for target, now in made.items() if _made(link, target) != now)


def changed_there(link: Link, seen: Mapping[str, bytes], now_ms: int) -> frozenset[str]:
    """The targets that the service has differently than remembered. What the service may still answer with although
    it was replaced (`superseded`) is no change; a target without memory is one."""
    late = {(old.target, old.hash) for old in link.superseded if old.until > now_ms}
    return frozenset(
        target for target, there in seen.items() if _seen(link, target) != there and (target, there) not in late
    )


def exchanged(
    link: Link,
    made: Mapping[str, bytes],
    seen: Mapping[str, bytes],
    settled_ms: int,
    now_ms: int,
    *,
    keep_old: bool,
) -> Link:
    """The link after the targets of `made` went through; with `keep_old`, what the service had before stays known as
    old news until `settled_ms`."""
    targets = dict(link.targets)
    superseded = [old for old in link.superseded if old.until > now_ms]
    for target, hash_made in made.items():
        before = targets.get(target)
        targets[target] = TargetMemory(hash_made, seen[target])
        old = before.seen if before else ABSENCE_HASH
        if keep_old and old != seen[target]:
            superseded.append(Superseded(target, old, settled_ms))
    return replace(link, targets=targets, superseded=tuple(superseded))


def is_exact(targets: Mapping[str, TargetMemory], seen: Mapping[str, bytes]) -> bool:
    """Whether memory has every target as the service has it. Only then may the service's revision be remembered: an
    expected revision must never let a push write over a change that nobody has looked at."""
    return all(target not in seen or memory.seen == seen[target] for target, memory in targets.items())


def only_mapped(link: Link, targets: Iterable[str]) -> Link:
    """The link without memory of targets that are no longer mapped."""
    mapped = set(targets)
    if link.targets.keys() <= mapped:
        return link
    return replace(
        link,
        targets={target: memory for target, memory in link.targets.items() if target in mapped},
        superseded=tuple(old for old in link.superseded if old.target in mapped),
    )


def _made(link: Link, target: str) -> bytes | None:
    memory = link.targets.get(target)
    return memory.made if memory else None


def _seen(link: Link, target: str) -> bytes | None:
    memory = link.targets.get(target)
    return memory.seen if memory else None
