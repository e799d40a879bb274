"""Which kind of exchange a job is, by its direction and by what its service can do."""

from collections.abc import Mapping
from typing import Any, Protocol

from integrations.domain.errors import ConfigurationRefused
from integrations.domain.integration import Integration
from integrations.domain.job import Direction
from integrations.providers.contract import (
    KeyedByContent,
    MeasuringProvider,
    PartlyReadOnly,
    Provider,
    PullProvider,
    PushProvider,
    RecordLookup,
)
from integrations.sync.entity_pull import EntityPull
from integrations.sync.figures_pull import FiguresPull
from integrations.sync.named_pull import NamedPull
from integrations.sync.pull import Pull
from integrations.sync.push import Push
from integrations.sync.run import Run


class JobExchange(Protocol):
    """One slice of a job's work."""

    def work(self, checkpoint: Mapping[str, Any]) -> bool:
        """Goes on from the checkpoint: True when all is settled, False when time is up before."""


def exchange_of(run: Run, provider: Provider) -> JobExchange:
    """The work of the run's direction. Raises `ConfigurationRefused` for a direction that the service hasn't."""
    if run.direction == "push":
        if isinstance(provider, PushProvider):
            return Push(run, provider)
        raise ConfigurationRefused("this service takes no records", code="direction_not_supported")
    if run.ledger.job.external_ids is not None and isinstance(provider, RecordLookup):
        return NamedPull(run, provider)
    match = run.integration.match
    if match is not None and isinstance(provider, MeasuringProvider):
        return FiguresPull(run, provider, match)
    if isinstance(provider, PullProvider):
        return Pull(run, provider)
    if isinstance(provider, RecordLookup) and isinstance(provider, KeyedByContent):
        return EntityPull(run, provider)
    raise ConfigurationRefused("this service gives no records", code="direction_not_supported")


def exchanged_types(integration: Integration, provider: Provider, direction: Direction) -> dict[str, str]:
    """The entity types that take part, with the service's names for them."""
    if direction == "pull" or not isinstance(provider, PartlyReadOnly):
        return integration.entity_types
    return {entity: remote for entity, remote in integration.entity_types.items() if provider.takes(remote)}
