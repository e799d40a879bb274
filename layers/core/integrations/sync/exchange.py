"""One record's way through a push: what is to be sent, what turned out to be there already, what is in conflict."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from integrations.domain.entity import Entity
from integrations.domain.errors import RecordRejected
from integrations.domain.link import Link
from integrations.providers.contract import OutgoingRecord, RemoteRecord
from integrations.sync.conflict import conflict_error
from integrations.sync.entity_work import WorkItem
from integrations.sync.memory import exchanged, is_exact, seen_hashes
from integrations.sync.run import Terms


@dataclass(slots=True)
class Exchange:
    """`made` hashes what the mapping makes of the entity; `record` is what is sent of it next."""

    item: WorkItem
    entity: Entity
    link: Link
    made: Mapping[str, bytes]
    record: OutgoingRecord
    already_there: frozenset[str] = frozenset()
    conflicts: frozenset[str] = frozenset()
    remote_time: str | None = None
    there: Mapping[str, bytes] = field(default_factory=dict)

    def settled_link(self, terms: Terms, revision: str | None, sent: frozenset[str], settling_ms: int) -> Link:
        """The link once the targets `sent` are known to be there at `revision`."""
        now = terms.clock()
        made = {target: self.made[target] for target in sent}
        link = exchanged(self.link, made, made, now + settling_ms, now, keep_old=self.record.known)
        return replace(
            link,
            revision=revision if is_exact(link.targets, {**self.there, **made}) else self.link.revision,
            # 0 is no time of any entity: an entity with an open conflict is never taken for unchanged.
            entity_updated_at=0 if self.conflicts else self.entity.updated_at,
            mapping_version=terms.integration.mapping_version,
            deleted_at=None,
        )

    def decide_anew(self, terms: Terms, remote: RemoteRecord | None) -> None:
        """Decides knowing the record as it is there."""
        if remote is None:
            self._recreate()
        else:
            there = seen_hashes(remote.document, terms.integration.field_mappings)
            self._compare(remote, there, may_conflict=terms.may_conflict)

    def _recreate(self) -> None:
        """The record isn't there any more: it is sent whole."""
        self.record = replace(self.record, changed=frozenset(self.record.targets), known=False, expected_revision=None)
        self.already_there = self.conflicts = frozenset()
        self.there = {}

    def _compare(self, remote: RemoteRecord, there: Mapping[str, bytes], *, may_conflict: bool) -> None:
        """Decides anew, knowing what the service has (`there`, by target). Conflicts are targets that changed on both
        sides to different values; a target without memory, or that is there as remembered, is simply sent."""
        wanted = self.record.changed | self.already_there | self.conflicts
        self.already_there = frozenset(target for target in wanted if there[target] == self.made[target])
        self.conflicts = frozenset(
            target for target in wanted - self.already_there if may_conflict and self._moved(target, there[target])
        )
        self.remote_time = remote.updated_at
        self.there = there
        self.record = replace(
            self.record,
            changed=wanted - self.already_there - self.conflicts,
            known=True,
            expected_revision=remote.revision if may_conflict else None,
        )

    def conflict(self) -> RecordRejected:
        """What the user is told of the targets that were left alone."""
        return conflict_error(self.conflicts, self.entity, self.remote_time)

    def _moved(self, target: str, there: bytes) -> bool:
        memory = self.link.targets.get(target)
        return memory is not None and memory.seen != there
