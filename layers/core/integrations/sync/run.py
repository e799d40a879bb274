"""What every run of a job has at hand, whichever way it goes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from integrations.domain.errors import RecordRejected
from integrations.domain.integration import Integration
from integrations.domain.job import Direction, Mode
from integrations.domain.link import Failure
from integrations.sync.ledger import Ledger
from integrations.sync.ports import Clock, Entities, Failures, Links

REJECTED_AGAIN_AFTER_MS = 24 * 60 * 60 * 1_000
STAMPS_PER_PAGE = 3_000
STAMPS_PER_PAGE_MINIMUM = 500
"""Of each entity type, where many are walked side by side."""
RECORDS_PER_READ = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What decides an exchange, whether it is made or only shown. `entity_types` are those that this direction
    exchanges, with the service's names for them; `mode` is what the job's mode came to."""

    integration: Integration
    entity_types: Mapping[str, str]
    entities: Entities
    links: Links
    clock: Clock
    mode: Mode

    @property
    def scope(self) -> tuple[str, str]:
        """(project id, integration id)"""
        return self.integration.project_id, self.integration.id

    @property
    def may_conflict(self) -> bool:
        """Whether a target that changed on both sides is left alone."""
        return self.integration.on_conflict == "skip" and self.mode != "resync"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(Terms):
    """One slice of one job; `has_time` says whether another batch may begin."""

    ledger: Ledger
    failures: Failures
    has_time: Callable[[], bool]
    call_seconds_maximum: float

    @property
    def direction(self) -> Direction:
        """Which way the job goes."""
        return self.ledger.job.direction

    @property
    def first_try(self) -> str:
        """The `run` of failures of this job."""
        return self.ledger.job.id

    @property
    def second_try(self) -> str:
        """The `run` of failures of earlier jobs that this job tried again."""
        return f"{self.ledger.job.id}+retry"

    def failure(
        self, record_id: str, error: RecordRejected, state: str, run: str, *, transient: bool = False
    ) -> Failure:
        """A failure now, of the record in the `state` it has."""
        return Failure(record_id, error.code, error.message, self.fingerprint(state), transient, self.clock(), run)

    def fingerprint(self, state: str) -> str:
        """Names what failed: the record's state under the current mapping."""
        return f"{state}@{self.integration.mapping_version}"

    def is_due_again(self, failure: Failure, state: str) -> bool:
        """Whether a failed record is worth another try."""
        return (
            failure.transient
            or self.mode == "resync"
            or failure.fingerprint != self.fingerprint(state)
            or self.clock() - failure.at >= REJECTED_AGAIN_AFTER_MS
        )
