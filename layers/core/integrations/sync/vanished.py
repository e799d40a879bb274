"""Records that are gone from the service, found by a resync: their entities are archived."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import batched
from typing import Any

from integrations.domain.entity import Entity
from integrations.domain.errors import RecordRejected, RetryLater
from integrations.domain.link import Link
from integrations.providers.contract import IdSweep, Notice
from integrations.sync.caution import poison
from integrations.sync.ledger import Effects
from integrations.sync.losses import Losses, linked_stamps, went_lately
from integrations.sync.portions import portions
from integrations.sync.receiving import WRITE_TRIES_MAXIMUM
from integrations.sync.run import RECORDS_PER_READ, Run

REMEDY = "Bring back what was deleted in the service by mistake; what should go, archive here, a part a day"

type Vanished = Mapping[str, tuple[str, Link]]
"""Entity id → its type and the link to the record that is gone."""


class VanishedRecords:
    """The phase `vanished` of a pull job."""

    def __init__(self, run: Run, provider: IdSweep) -> None:
        self._run = run
        self._provider = provider

    def work(self, checkpoint: Mapping[str, Any]) -> bool:
        """Archives from the checkpoint on until all is settled (True) or time is up (False)."""
        vanished, losses = self._find()
        if losses.are_too_many:
            stopped = Effects(notices=[Notice("archiving-stopped", losses.message(REMEDY))])
            self._run.ledger.commit(stopped, {**checkpoint, "phase": "failed", "after": ""}, 0)
            return True
        remaining = [entity_id for entity_id in sorted(vanished) if entity_id > checkpoint["after"]]
        ahead = len(remaining)
        for ids, is_poison in portions(self._run.ledger, remaining, RECORDS_PER_READ, str):
            effects = Effects(tried=len(ids))
            failures = self._run.failures.read(*self._run.scope, "pull", ids)
            for entity_id in ids:
                self._settle(entity_id, *vanished[entity_id], effects, is_poison=is_poison)
            effects.cleared += [failures[entity_id] for entity_id in ids if entity_id in failures]
            effects.notices += [_notice(len(vanished))]
            ahead -= len(ids)
            self._run.ledger.commit(effects, {**checkpoint, "after": ids[-1]}, ahead)
            if not self._run.has_time():
                return ahead == 0
        return True

    def _find(self) -> tuple[Vanished, Losses]:
        """What is neither among the type's ids nor to be found by its own, and what that would come to."""
        linked = gone = 0
        suspects: dict[str, tuple[str, Link]] = {}
        swept = {entity_type: self._swept(remote) for entity_type, remote in self._run.entity_types.items()}
        for stamp, link in linked_stamps(self._run):
            is_gone = went_lately(self._run, link)
            linked += is_gone or link.deleted_at is None
            gone += is_gone
            is_candidate = stamp.archived_at is None and link.deleted_at is None
            if is_candidate and link.external_id not in swept[stamp.entity_type_id]:
                suspects[stamp.id] = (stamp.entity_type_id, link)
        vanished: dict[str, tuple[str, Link]] = {}
        for some in self._looked_up(suspects):
            vanished |= some
            if Losses(linked, gone, len(vanished)).are_too_many:
                break
        return vanished, Losses(linked, gone, len(vanished))

    def _swept(self, remote_type: str) -> frozenset[str]:
        self._run.ledger.keep_alive(self._run.call_seconds_maximum)
        return self._provider.swept_ids(remote_type)

    def _looked_up(self, suspects: Vanished) -> Iterator[Vanished]:
        """The list of ids may lag; what is looked up by id doesn't."""
        for some in batched(suspects.items(), RECORDS_PER_READ, strict=False):
            if not self._run.has_time():
                message = "the service's list of ids is too far behind its documents; they are compared again later"
                raise RetryLater(message, code="ids_behind")
            self._run.ledger.keep_alive(self._run.call_seconds_maximum)
            existing = self._provider.existing_ids([link.external_id for _, (_, link) in some])
            yield {entity_id: owned for entity_id, owned in some if owned[1].external_id not in existing}

    def _settle(self, entity_id: str, entity_type: str, link: Link, effects: Effects, *, is_poison: bool) -> None:
        try:
            if is_poison:
                raise poison()
            self._archive(entity_id, entity_type)
        except RecordRejected as error:
            failure = self._run.failure(entity_id, error, "vanished", self._run.first_try)
            effects.failed.append(replace(failure, external_id=link.external_id))
        else:
            effects.links.append(link.emptied(self._run.clock()))
            effects.completed += 1

    def _archive(self, entity_id: str, entity_type: str) -> None:
        """On the condition that the entity is as it was read; one that is archived meanwhile, or gone, is left."""
        project_id = self._run.scope[0]
        for _ in range(WRITE_TRIES_MAXIMUM):
            entity = self._run.entities.read(project_id, entity_type, [entity_id]).get(entity_id)
            if entity is None or entity.archived_at is not None:
                return
            if self._run.entities.replace(project_id, _archived(entity, self._run.clock()), entity.updated_at):
                return
        raise RecordRejected("the entity kept changing while it was archived", code="kept_changing")


def _archived(entity: Entity, now: int) -> Entity:
    """Raises `RecordRejected` for an entity whose fields can't be read: written, they would be lost."""
    entity.as_source()
    return replace(entity, archived_at=now, updated_at=max(now, entity.updated_at + 1))


def _notice(records: int) -> Notice:
    return Notice("archiving", f"{records} records are gone from the service: their entities are archived")


def archives_vanished(run: Run) -> bool:
    """Whether a pull does this at all: only by a resync, and where archiving and deleting go together."""
    return run.mode == "resync" and run.integration.on_archive == "delete"
