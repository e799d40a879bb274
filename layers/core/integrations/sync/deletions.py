"""Archived entities whose records are deleted in the service."""

from dataclasses import dataclass, replace

from integrations.domain.entity import Entity
from integrations.domain.errors import RecordRejected
from integrations.domain.link import Link
from integrations.providers.contract import DeleteRefused, DeletingProvider, Notice, Provider
from integrations.sync.entity_work import WorkItem
from integrations.sync.ledger import Effects
from integrations.sync.losses import Losses, losses_by_archiving
from integrations.sync.run import Run

REMEDY = "Restore what was archived by mistake; what should go, archive in parts, a part a day"


@dataclass(frozen=True, slots=True)
class _Deletion:
    item: WorkItem
    entity: Entity
    link: Link


class Deletions:
    """Gathers what one slice of a push deletes, and sends it."""

    def __init__(self, run: Run, provider: Provider) -> None:
        self._run = run
        is_wanted = run.integration.on_archive == "delete"
        self._provider = provider if is_wanted and isinstance(provider, DeletingProvider) else None
        self._waiting: list[_Deletion] = []
        self._losses: Losses | None = None

    @property
    def is_full(self) -> bool:
        """Whether what was gathered has to be sent before more is."""
        return self._provider is not None and len(self._waiting) >= self._provider.ids_per_delete

    def take(self, item: WorkItem, entity: Entity, effects: Effects) -> bool:
        """Takes an archived entity's record, unless that isn't wanted; one that is deleted already is done."""
        if self._provider is None or item.link is None:
            return False
        if item.link.deleted_at is not None:
            _settle(item, effects)
        elif item.retry and item.failure and not self._run.is_due_again(item.failure, str(entity.updated_at)):
            effects.still_failed.append(item.failure)
        else:
            self._waiting.append(_Deletion(item, entity, item.link))
        return True

    def send(self, effects: Effects) -> None:
        """Deletes what was gathered, adding one outcome a record to `effects`. Raises the provider's `ServiceError`s;
        the same may then be sent again. Where too much would go nothing does, and every record fails for that."""
        waiting, self._waiting = self._waiting, []
        if not waiting or self._provider is None:
            return
        losses = self._losses = self._losses or losses_by_archiving(self._run)
        if losses.are_too_many:
            self._stop(waiting, losses.message(REMEDY), effects)
            return
        self._run.ledger.keep_alive(self._run.call_seconds_maximum)
        ids = [deletion.link.external_id for deletion in waiting]
        outcomes = self._provider.delete_batch(ids, self._run.ledger.job.id)
        for deletion, outcome in zip(waiting, outcomes, strict=True):
            if isinstance(outcome, DeleteRefused):
                error = RecordRejected(outcome.message, code=outcome.code)
                self._fail(deletion, error, effects, transient=outcome.transient)
            else:
                version = self._run.integration.mapping_version
                effects.links.append(replace(deletion.link.emptied(self._run.clock()), mapping_version=version))
                _settle(deletion.item, effects)

    def _stop(self, waiting: list[_Deletion], message: str, effects: Effects) -> None:
        effects.notices.append(Notice("deletes-stopped", message))
        for deletion in waiting:
            self._fail(deletion, RecordRejected(message, code="deletes_stopped"), effects, transient=True)

    def _fail(self, deletion: _Deletion, error: RecordRejected, effects: Effects, *, transient: bool) -> None:
        run = self._run.second_try if deletion.item.retry else self._run.first_try
        state = str(deletion.entity.updated_at)
        effects.failed.append(self._run.failure(deletion.entity.id, error, state, run, transient=transient))


def _settle(item: WorkItem, effects: Effects) -> None:
    effects.completed += 1
    if item.failure:
        effects.cleared.append(item.failure)
