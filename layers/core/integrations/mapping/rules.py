"""What a set of field mappings has to keep, and which of them a pull follows."""

from collections.abc import Iterator, Sequence
from typing import Literal

from integrations.domain.field_mapping import TRANSFORMS, FieldMapping
from integrations.mapping.paths import Path, PathInvalid, parse_path

Side = Literal["source", "target"]
Problem = tuple[int, Literal["source", "target", "transform"], str]

_ENTITY_SOURCES = ("id", "entityTypeId", "createdAt", "updatedAt")
_FIELDS = "fields"
_PULLED_FIRST = (None, "markdown_to_html")


def mapping_problems(mappings: Sequence[FieldMapping]) -> list[Problem]:
    """What is wrong with `mappings`: (index, "source", "target" or "transform", message); nothing if all is well.

    Of two mappings that collide the later one is named.
    """
    pulled = set(_pulled_indexes(mappings))
    targets, pulled_sources = _Claims("target", mappings), _Claims("source", mappings)
    problems: list[Problem] = []
    for index, mapping in enumerate(mappings):
        source = _parsed(index, "source", mapping.source, problems)
        target = _parsed(index, "target", mapping.target, problems)
        if source is not None:
            problems += _source_problems(index, mapping, source)
        problems += _transform_problems(index, mapping)
        if target is not None:
            problems += targets.claim(index, target)
        if source is not None and index in pulled:
            problems += pulled_sources.claim(index, source)
    return problems


def pulled_mappings(mappings: Sequence[FieldMapping]) -> tuple[FieldMapping, ...]:
    """The mappings that a pull follows, in their order: one for each source in `fields`.

    That is the first whose transform is null or `markdown_to_html`, which can be undone, or failing that the first.
    """
    return tuple(mappings[index] for index in sorted(_pulled_indexes(mappings)))


def _pulled_indexes(mappings: Sequence[FieldMapping]) -> list[int]:
    chosen: dict[str, int] = {}
    for index, mapping in enumerate(mappings):
        if not mapping.source.startswith(f"{_FIELDS}."):
            continue
        feeding = mappings[chosen.setdefault(mapping.source, index)]
        if mapping.transform in _PULLED_FIRST and feeding.transform not in _PULLED_FIRST:
            chosen[mapping.source] = index
    return list(chosen.values())


def _parsed(index: int, side: Side, text: str, problems: list[Problem]) -> Path | None:
    try:
        return parse_path(text)
    except PathInvalid as error:
        problems.append((index, side, str(error)))
        return None


def _source_problems(index: int, mapping: FieldMapping, source: Path) -> Iterator[Problem]:
    is_field = source[0] == _FIELDS and len(source) > 1 and isinstance(source[1], str)
    if not is_field and mapping.source not in _ENTITY_SOURCES:
        allowed = ", ".join(_ENTITY_SOURCES)
        yield index, "source", f"{mapping.source!r} is no source; allowed: {allowed}, or a field like 'fields.title'."


def _transform_problems(index: int, mapping: FieldMapping) -> Iterator[Problem]:
    if mapping.transform is not None and mapping.transform not in TRANSFORMS:
        allowed = ", ".join(TRANSFORMS)
        yield index, "transform", f"{mapping.transform!r} is no transform; allowed: {allowed}, or null."


class _Claims:
    """The paths that mappings write, to find those that `paths_collide` with earlier ones without comparing all."""

    def __init__(self, side: Side, mappings: Sequence[FieldMapping]) -> None:
        self._side = side
        self._mappings = mappings
        self._whole: dict[Path, int] = {}
        self._parents: dict[Path, tuple[type, int]] = {}

    def claim(self, index: int, path: Path) -> Iterator[Problem]:
        """At most one problem: an earlier path that `path` equals, contains, is part of, or contradicts."""
        other = self._colliding(path)
        if other is not None:
            mine, theirs = (getattr(self._mappings[number], self._side) for number in (index, other))
            when = " when pulled" if self._side == "source" else ""
            how = "is the same as" if mine == theirs else "collides with"
            message = f"{mine!r} {how} {theirs!r} of mapping {other}{when}; map only one of them."
            yield index, self._side, message
        self._whole.setdefault(path, index)
        for length, step in enumerate(path):
            self._parents.setdefault(path[:length], (type(step), index))

    def _colliding(self, path: Path) -> int | None:
        for length, step in enumerate(path):
            parent = path[:length]
            if parent in self._whole:
                return self._whole[parent]
            kind, index = self._parents.get(parent, (type(step), 0))
            if kind is not type(step):
                return index
        within = self._parents.get(path)
        return self._whole.get(path, within[1] if within else None)
