"""Which mappings may stand together, and which of them a pull follows. Checked when they are saved."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from integrations.domain.field_mapping import TRANSFORMS, FieldMapping
from integrations.mapping.paths import Path, PathInvalid, parse_path, paths_collide

SYSTEM_SOURCES = ("id", "entityTypeId", "createdAt", "updatedAt")
PULLED_TRANSFORMS = (None, "markdown_to_html")
Problem = tuple[int, str, str]
"""(index of the mapping, its field, what is wrong and what is allowed)"""


def mapping_problems(mappings: Sequence[FieldMapping]) -> list[Problem]:
    """Everything that is wrong with the mappings, one by one and together."""
    problems = [problem for index, mapping in enumerate(mappings) for problem in _own_problems(index, mapping)]
    return problems or [*_target_collisions(mappings), *_source_collisions(mappings)]


def pulled_mappings(mappings: Sequence[FieldMapping]) -> tuple[FieldMapping, ...]:
    """The mappings a pull follows: each source of `fields` is fed by the first whose transform can be turned back, else
    by the first."""
    chosen: dict[str, FieldMapping] = {}
    for mapping in mappings:
        before = chosen.get(mapping.source)
        is_better = before is None or (
            before.transform not in PULLED_TRANSFORMS and mapping.transform in PULLED_TRANSFORMS
        )
        if mapping.source.startswith("fields.") and is_better:
            chosen[mapping.source] = mapping
    return tuple(mapping for mapping in mappings if chosen.get(mapping.source) is mapping)


def _own_problems(index: int, mapping: FieldMapping) -> Iterator[Problem]:
    for field in ("source", "target"):
        try:
            parse_path(getattr(mapping, field))
        except PathInvalid as error:
            yield index, field, str(error)
    if not mapping.source.startswith("fields.") and mapping.source not in SYSTEM_SOURCES:
        allowed = ", ".join(SYSTEM_SOURCES)
        yield index, "source", f"{mapping.source!r} is no source; allowed are {allowed} and fields.…"
    if mapping.transform is not None and mapping.transform not in TRANSFORMS:
        yield index, "transform", f"{mapping.transform!r} is no transform; allowed are {', '.join(TRANSFORMS)} and null"


def _target_collisions(mappings: Sequence[FieldMapping]) -> Iterator[Problem]:
    paths = [(index, parse_path(mapping.target)) for index, mapping in enumerate(mappings)]
    yield from _collisions(paths, "target", [mapping.target for mapping in mappings])


def _source_collisions(mappings: Sequence[FieldMapping]) -> Iterator[Problem]:
    pulled = pulled_mappings(mappings)
    paths = [(index, parse_path(mapping.source)) for index, mapping in enumerate(mappings) if mapping in pulled]
    yield from _collisions(paths, "source", [mapping.source for mapping in mappings])


def _collisions(paths: Sequence[tuple[int, Path]], field: str, texts: Sequence[str]) -> Iterator[Problem]:
    for (first, first_path), (second, second_path) in combinations(paths, 2):
        if paths_collide(first_path, second_path):
            yield second, field, f"{texts[second]!r} collides with {texts[first]!r} of mapping {first}; keep one of them"
