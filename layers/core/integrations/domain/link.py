"""The link: the memory of the exchange between one entity and one external record."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TargetMemory:
    """Two hashes set at each successful exchange: `made`, what the mapping made of the entity; `seen`, what the
    service had."""

    made: bytes
    seen: bytes


@dataclass(frozen=True, slots=True)
class Superseded:
    """A value the service may still answer with, because it answers late; news no more. `until` in milliseconds."""

    target: str
    hash: bytes
    until: int


@dataclass(frozen=True, slots=True)
class Link:
    """For one entity and integration: the external id, and what both sides were when last seen. `deleted_at` (Unix
    milliseconds) says that the record is gone because one of them was given up: then nothing else is remembered."""

    entity_id: str
    external_id: str
    entity_updated_at: int
    mapping_version: int
    revision: str | None = None
    targets: Mapping[str, TargetMemory] = field(default_factory=dict)
    superseded: tuple[Superseded, ...] = ()
    deleted_at: int | None = None

    def emptied(self, now: int) -> "Link":
        """The link of a record that is deleted: what comes back one day is sent again, whole, under the same id."""
        return Link(self.entity_id, self.external_id, 0, self.mapping_version, deleted_at=now)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a record could not be exchanged, kept until it can. `record_id` is the entity's id, or the one it would get.

    `fingerprint` names the state that failed: entity or record revision, and mapping. A rejected record isn't sent
    again before that differs, or a day has passed; a `transient` one is tried by every run. `run` names the run that
    failed, so that a repeated batch can tell its own failures from earlier ones.
    """

    record_id: str
    code: str
    message: str
    fingerprint: str
    transient: bool
    at: int
    run: str
    external_id: str | None = None
