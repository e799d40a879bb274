"""Entities to exchange, in an order that can be resumed: all of them first, then those that failed before.

Every item carries its `place`: the checkpoint once it, and all before it, are settled.
"""

import heapq
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

from integrations.domain.entity import EntityStamp
from integrations.domain.link import Failure, Link
from integrations.sync.run import RECORDS_PER_READ, STAMPS_PER_PAGE, STAMPS_PER_PAGE_MINIMUM, Run, Terms


@dataclass(frozen=True, slots=True)
class WorkItem:
    """An entity to look at: `stamp` None if there is none, `failure` left by an earlier run, `retry` if tried again."""

    entity_id: str
    stamp: EntityStamp | None
    link: Link | None
    failure: Failure | None
    place: Mapping[str, Any]
    retry: bool = False


Page = Sequence[WorkItem]
Walk = Generator[Page, None, Mapping[str, Any]]


def entity_work(run: Run, checkpoint: Mapping[str, Any]) -> Iterator[Page]:
    """Pages of items from the checkpoint on; the sum of their lengths is what the job's total grows by."""
    if checkpoint["phase"] == "selected":
        yield from _selected(run, checkpoint)
        return
    if checkpoint["phase"] == "entities":
        walk = _changed_since if run.mode == "incremental" else _all
        checkpoint = yield from walk(run, checkpoint)
        checkpoint = {**checkpoint, "phase": "failed", "after": ""}
    yield from _failed_before(run, checkpoint)


def _all(run: Run, checkpoint: Mapping[str, Any]) -> Walk:
    """Every entity by id, whatever its type, merged with one range query of links and one of failures a page: type by
    type, each range would hold the links of all other types too."""
    after = checkpoint["after"]
    for stamps in batched(_stamps_by_id(run, after), STAMPS_PER_PAGE, strict=False):
        through = stamps[-1].id
        links = run.links.between(*run.scope, after, through)
        failures = run.failures.between(*run.scope, run.direction, after, through)
        checkpoint = _past(checkpoint, stamps)
        places = [{**checkpoint, "after": stamp.id} for stamp in stamps]
        yield _items(run, stamps, links, failures, places)
        after = through
    return checkpoint


def _changed_since(run: Run, checkpoint: Mapping[str, Any]) -> Walk:
    """The entities that were written since the watermark, in the order of their writing."""
    first, resume_after = checkpoint["type"], checkpoint["after"]
    for index, entity_type in _types_from(run, first):
        last = resume_after if index == first else ""
        after = (int(last[0]), str(last[1])) if last else None
        while stamps := run.entities.stamps_updated_since(
            run.scope[0], entity_type, checkpoint["since"], after, STAMPS_PER_PAGE
        ):
            ids = [stamp.id for stamp in stamps]
            links, failures = run.links.read(*run.scope, ids), run.failures.read(*run.scope, run.direction, ids)
            checkpoint = _past(checkpoint, stamps)
            places = [{**checkpoint, "type": index, "after": [stamp.updated_at, stamp.id]} for stamp in stamps]
            yield _items(run, stamps, links, failures, places)
            after = (stamps[-1].updated_at, stamps[-1].id)
            if len(stamps) < STAMPS_PER_PAGE:
                break
    return checkpoint


def _selected(run: Run, checkpoint: Mapping[str, Any]) -> Iterator[Page]:
    """The entities that the job names, whichever their type; one that doesn't exist is an item too."""
    wanted = sorted(run.ledger.job.entity_ids or ())
    remaining = [entity_id for entity_id in wanted if entity_id > checkpoint["after"]]
    for ids in batched(remaining, RECORDS_PER_READ, strict=False):
        stamps = stamps_of(run, ids)
        links, failures = run.links.read(*run.scope, ids), run.failures.read(*run.scope, run.direction, ids)
        yield [
            WorkItem(
                entity_id,
                stamps.get(entity_id),
                links.get(entity_id),
                failures.get(entity_id),
                {**checkpoint, "after": entity_id},
            )
            for entity_id in ids
        ]


def _failed_before(run: Run, checkpoint: Mapping[str, Any]) -> Iterator[Page]:
    """The records that earlier runs could not exchange."""
    after = checkpoint["after"]
    while failures := run.failures.page(*run.scope, run.direction, after, RECORDS_PER_READ):
        after = failures[-1].record_id
        mine = [failure for failure in failures if failure.run != run.first_try]
        ids = [failure.record_id for failure in mine]
        stamps, links = stamps_of(run, ids), run.links.read(*run.scope, ids)
        yield [
            WorkItem(
                failure.record_id,
                stamps.get(failure.record_id),
                links.get(failure.record_id),
                failure,
                {**checkpoint, "after": failure.record_id},
                retry=True,
            )
            for failure in mine
        ]
        if len(failures) < RECORDS_PER_READ:
            break


def entity_ids(terms: Terms, entity_type: str) -> Iterator[str]:
    """The ids of all entities of the type, in their order."""
    return (stamp.id for stamp in _stamps(terms, entity_type, "", STAMPS_PER_PAGE))


def _stamps_by_id(run: Run, after: str) -> Iterator[EntityStamp]:
    page_size = max(STAMPS_PER_PAGE_MINIMUM, STAMPS_PER_PAGE // max(1, len(run.entity_types)))
    walks = [_stamps(run, entity_type, after, page_size) for entity_type in sorted(run.entity_types)]
    return heapq.merge(*walks, key=lambda stamp: stamp.id)


def _stamps(terms: Terms, entity_type: str, after: str, page_size: int) -> Iterator[EntityStamp]:
    while stamps := terms.entities.stamps(terms.scope[0], entity_type, after, page_size):
        yield from stamps
        after = stamps[-1].id
        if len(stamps) < page_size:
            return


def _items(
    run: Run,
    stamps: Sequence[EntityStamp],
    links: Mapping[str, Link],
    failures: Mapping[str, Failure],
    places: Sequence[Mapping[str, Any]],
) -> Page:
    items = []
    for stamp, place in zip(stamps, places, strict=True):
        failure = failures.get(stamp.id)
        is_left_for_later = failure is not None and failure.run != run.first_try
        link = links.get(stamp.id)
        if _takes_part(run, stamp, link) and not is_left_for_later:
            items.append(WorkItem(stamp.id, stamp, link, failure, place))
    return items


def _takes_part(run: Run, stamp: EntityStamp, link: Link | None) -> bool:
    """An archived entity does once more, if its record is to be deleted."""
    is_to_delete = run.direction == "push" and run.integration.on_archive == "delete"
    return stamp.archived_at is None or (is_to_delete and link is not None and link.deleted_at is None)


def _past(checkpoint: Mapping[str, Any], stamps: Sequence[EntityStamp]) -> dict[str, Any]:
    """The checkpoint with the greatest entity time read so far, from which the next watermark comes."""
    greatest = max(stamp.updated_at for stamp in stamps)
    return {**checkpoint, "greatest": max(checkpoint.get("greatest", 0), greatest)}


def _types_from(run: Run, first: int) -> Iterator[tuple[int, str]]:
    types = sorted(run.entity_types)
    return ((index, types[index]) for index in range(first, len(types)))


def stamps_of(terms: Terms, ids: Sequence[str]) -> dict[str, EntityStamp]:
    """The stamps of those of the entities that exist, whichever their type, as they are now."""
    found = terms.entities.read_of_types(terms.scope[0], dict.fromkeys(sorted(terms.entity_types), ids))
    return {
        entity.id: EntityStamp(entity.id, entity.entity_type_id, entity.updated_at, entity.archived_at)
        for entity in found.values()
    }
