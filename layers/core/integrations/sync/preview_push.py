"""What a push of some entities would do, by the push's own decisions."""

from collections.abc import Sequence
from functools import cached_property

from integrations.domain.entity import EntityStamp
from integrations.domain.errors import RecordRejected
from integrations.domain.identity import PUSHED_PREFIX
from integrations.mapping.paths import parse_path, read_path
from integrations.providers.contract import DeletingProvider, Foreseeing, Provider, RecordReader, RemoteRecord
from integrations.sync.conflict import conflict_error
from integrations.sync.deletions import REMEDY
from integrations.sync.entity_work import WorkItem
from integrations.sync.exchange import Exchange
from integrations.sync.losses import Losses, losses_by_archiving
from integrations.sync.outgoing import Outgoing, absence, is_unchanged
from integrations.sync.preview import Change, Preview, Subject, changes_of, records_of
from integrations.sync.run import Terms


class PushPreview:
    """Where the service shows its records, they are compared; elsewhere a push overwrites, and so does this."""

    def __init__(self, terms: Terms, provider: Provider) -> None:
        self._terms = terms
        self._provider = provider
        self._outgoing = Outgoing(terms, provider)

    def look(self, subjects: Sequence[Subject]) -> list[Preview]:
        """One preview each, in their order. Raises the provider's `ServiceError`s."""
        begun = [(subject, self._begin(subject)) for subject in subjects]
        exchanges = [exchange for _, exchange in begun if isinstance(exchange, Exchange)]
        records = records_of(self._provider, (exchange.record.external_id for exchange in exchanges))
        return [
            found if isinstance(found, Preview) else self._finish(subject, found, records.get(found.record.external_id))
            for subject, found in begun
        ]

    def _begin(self, subject: Subject) -> Exchange | Preview:
        """What there would be to send, or what is known without a look at the service."""
        entity = subject.entity
        if entity is None or entity.archived_at is not None:
            return self._without_entity(subject)
        stamp = EntityStamp(entity.id, entity.entity_type_id, entity.updated_at)
        if is_unchanged(self._terms, stamp, subject.link):
            return subject.stays()
        try:
            exchange = self._outgoing.exchange(WorkItem(entity.id, stamp, subject.link, None, {}), entity)
        except RecordRejected as error:
            return subject.fails(error)
        return exchange if exchange.record.changed else subject.stays(exchange.record.external_id)

    def _without_entity(self, subject: Subject) -> Preview:
        entity, link = subject.entity, subject.link
        deletes = self._terms.integration.on_archive == "delete" and isinstance(self._provider, DeletingProvider)
        if entity is None or link is None or not deletes:
            return subject.fails(absence(self._terms, entity))
        if link.deleted_at is not None:
            return subject.stays()
        if self._losses.are_too_many:
            return subject.fails(RecordRejected(self._losses.message(REMEDY), code="deletes_stopped"))
        return Preview(subject.entity_id, link.external_id, "delete")

    @cached_property
    def _losses(self) -> Losses:
        """Counted once: it walks all entities and links."""
        return losses_by_archiving(self._terms)

    def _finish(self, subject: Subject, exchange: Exchange, there: RemoteRecord | None) -> Preview:
        if isinstance(self._provider, RecordReader):
            exchange.decide_anew(self._terms, there)
        external_id, refusal = exchange.record.external_id, self._refusal(exchange, there)
        if refusal is not None:
            return subject.fails(refusal, external_id)
        changes = self._changes(exchange, there)
        if exchange.conflicts:
            reason = conflict_error(exchange.conflicts, exchange.entity, exchange.remote_time).message
            return Preview(subject.entity_id, external_id, "conflict", changes, reason)
        if self._is_there(exchange, there):
            return Preview(subject.entity_id, external_id, "update" if changes else "none", changes)
        return Preview(subject.entity_id, external_id, "create", changes)

    def _refusal(self, exchange: Exchange, there: RemoteRecord | None) -> RecordRejected | None:
        if not isinstance(self._provider, Foreseeing) or not exchange.record.changed:
            return None
        rejected = self._provider.refusal_of(exchange.record, there)
        return None if rejected is None else RecordRejected(rejected.message, code=rejected.code)

    def _is_there(self, exchange: Exchange, there: RemoteRecord | None) -> bool:
        """Records that take our ids and can't be read back, such as events, are made anew each time."""
        if there is not None or isinstance(self._provider, RecordReader):
            return there is not None
        return exchange.record.known and not exchange.record.external_id.startswith(PUSHED_PREFIX)

    def _changes(self, exchange: Exchange, there: RemoteRecord | None) -> tuple[Change, ...]:
        record = exchange.record
        document = there.document if there else {}
        shown = record.changed | exchange.conflicts
        return changes_of(
            (target, read_path(document, parse_path(target)), value)
            for target, value in record.targets.items()
            if target in shown
        )
