"""What a sync of some entities would do. Nothing is written, neither here nor there."""

from collections.abc import Callable, Sequence
from itertools import batched
from typing import Protocol

from integrations.domain.errors import RetryLater
from integrations.domain.integration import Integration
from integrations.domain.job import Direction
from integrations.providers.contract import RecordLookup
from integrations.sync.job_kinds import exchanged_types
from integrations.sync.ports import Clock, Connect, Entities, Links
from integrations.sync.preview import Preview, Subject, subjects_of
from integrations.sync.preview_pull import PullPreview
from integrations.sync.preview_push import PushPreview
from integrations.sync.run import RECORDS_PER_READ, Terms

PREVIEW_MAXIMUM_MS = 10_000


class PreviewPorts(Protocol):
    """What a preview reads."""

    @property
    def connect(self) -> Connect:
        """The way to the service."""

    @property
    def entities(self) -> Entities:
        """The platform's entities."""

    @property
    def links(self) -> Links:
        """What is remembered of them."""

    @property
    def now(self) -> Clock:
        """Unix milliseconds."""


def preview_sync(
    integration: Integration, direction: Direction, entity_ids: Sequence[str], ports: PreviewPorts
) -> list[Preview]:
    """A preview of each entity, in the order of the distinct ids. Raises `ServiceError`s."""
    provider = ports.connect(integration)
    try:
        terms = Terms(
            integration=integration,
            entity_types=exchanged_types(integration, provider, direction),
            entities=ports.entities,
            links=ports.links,
            clock=ports.now,
            mode="full",
        )
        until = ports.now() + PREVIEW_MAXIMUM_MS
        looking = PushPreview(terms, provider) if direction == "push" else PullPreview(terms, provider)
        at_once = provider.ids_per_lookup if isinstance(provider, RecordLookup) else RECORDS_PER_READ
        return _look(subjects_of(terms, entity_ids), looking.look, at_once, lambda: ports.now() < until)
    finally:
        provider.close()


def _look(
    subjects: Sequence[Subject],
    look: Callable[[Sequence[Subject]], list[Preview]],
    at_once: int,
    has_time: Callable[[], bool],
) -> list[Preview]:
    previews: list[Preview] = []
    for some in batched(subjects, at_once, strict=False):
        if not has_time():
            message = "the service answers too slowly for so many entities; ask for fewer at once"
            raise RetryLater(message, code="service_timeout")
        previews += look(some)
    return previews
