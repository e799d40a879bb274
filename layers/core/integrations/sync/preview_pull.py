"""What a pull of some entities would do, by the pull's own decisions."""

from collections.abc import Sequence
from dataclasses import replace

from integrations.domain.entity import Entity
from integrations.domain.errors import RecordRejected
from integrations.mapping.apply import pull_value
from integrations.mapping.paths import parse_path, read_path
from integrations.mapping.rules import pulled_mappings
from integrations.providers.contract import Provider, PullProvider, RemoteRecord
from integrations.sync.arrival import Arrival, absence, decide_arrival, not_linked, pull_rules, record_missing
from integrations.sync.conflict import conflict_error
from integrations.sync.incoming import Decision
from integrations.sync.owners import Owners
from integrations.sync.preview import Change, Preview, Subject, changes_of, records_of
from integrations.sync.run import Terms


class PullPreview:
    """Reads the records that the entities are linked to."""

    def __init__(self, terms: Terms, provider: Provider) -> None:
        self._terms = terms
        self._provider = provider
        self._owners = Owners(terms, provider)
        self._rules = replace(pull_rules(terms), may_lag=False)
        self._creates = isinstance(provider, PullProvider)

    def look(self, subjects: Sequence[Subject]) -> list[Preview]:
        """One preview each, in their order. Raises the provider's `ServiceError`s."""
        records = records_of(self._provider, (subject.external_id for subject in subjects if subject.external_id))
        return [self._preview(subject, records.get(subject.external_id or "")) for subject in subjects]

    def _preview(self, subject: Subject, record: RemoteRecord | None) -> Preview:
        entity, external_id = subject.entity, subject.external_id
        if not self._creates and (entity is None or entity.archived_at is not None):
            return subject.fails(absence())
        if external_id is None:
            return subject.fails(not_linked())
        if record is None:
            return subject.fails(record_missing(external_id))
        arrival = Arrival(record.known_as(external_id), subject.entity_id, may_create=self._creates)
        try:
            decided = decide_arrival(self._terms, self._rules, self._owners, arrival, subject.link, entity)
            return subject.stays() if decided is None else self._decided(subject, record, *decided)
        except RecordRejected as error:
            return subject.fails(error)

    def _decided(self, subject: Subject, record: RemoteRecord, current: Entity, decision: Decision) -> Preview:
        changes = self._changes(record, current, decision)
        if decision.conflicts:
            reason = conflict_error(decision.conflicts, current, record.updated_at).message
            return Preview(subject.entity_id, subject.external_id, "conflict", changes, reason)
        if subject.entity is None:
            return Preview(subject.entity_id, subject.external_id, "create", changes)
        return Preview(subject.entity_id, subject.external_id, "update" if changes else "none", changes)

    def _changes(self, record: RemoteRecord, current: Entity, decision: Decision) -> tuple[Change, ...]:
        fields = []
        written = (decision.entity or current).as_source()
        for mapping in pulled_mappings(self._rules.mappings):
            source = parse_path(mapping.source)
            before, after = read_path(current.as_source(), source), read_path(written, source)
            if mapping.target in decision.conflicts:
                after = pull_value(mapping, read_path(record.document, parse_path(mapping.target)))
            fields.append((mapping.source, before, after))
        return changes_of(fields)
