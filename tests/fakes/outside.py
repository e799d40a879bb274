"""The engine's surroundings that store nothing: clock, queue, the way to a service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from integrations.domain.errors import ReconnectRequired, Unavailable
from integrations.domain.events import BusEvent, EntityChange
from integrations.domain.integration import Integration
from integrations.providers.contract import Provider

WAKE_UP_DELAY_MAXIMUM_MS = 900_000


@dataclass(slots=True)
class FakeClock:
    """A clock that stands until it is moved. Unix milliseconds."""

    now: int = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now

    def advance(self, milliseconds: int) -> int:
        """Moves the clock; the new time."""
        self.now += milliseconds
        return self.now


@dataclass(frozen=True, slots=True)
class WakeUp:
    """A message that was sent: nothing but the line to look at, and when."""

    project_id: str
    integration_id: str
    delay_ms: int


@dataclass(slots=True)
class FakeWakeUps:
    """`WakeUps` that records what is sent; unreachable while `reachable` is False."""

    sent: list[WakeUp] = field(default_factory=list)
    reachable: bool = True

    def send(self, project_id: str, integration_id: str, delay_ms: int) -> None:
        """Records it, with the queue's longest delay at most."""
        if not self.reachable:
            raise Unavailable("the queue can't be reached")
        self.sent.append(WakeUp(project_id, integration_id, min(max(delay_ms, 0), WAKE_UP_DELAY_MAXIMUM_MS)))


@dataclass(slots=True)
class FakeBus:
    """`EntityChanges` and `Bus` that record what is told; unreachable while `reachable` is False."""

    changes: list[tuple[str | None, EntityChange]] = field(default_factory=list)
    events: list[BusEvent] = field(default_factory=list)
    reachable: bool = True

    def publish_changes(self, project_id: str, origin: str | None, changes: Sequence[EntityChange]) -> None:
        """Records each with its origin."""
        self._require_reach()
        self.changes += [(origin, change) for change in changes]

    def publish(self, events: Sequence[BusEvent]) -> None:
        """Records them."""
        self._require_reach()
        self.events += events

    def _require_reach(self) -> None:
        if not self.reachable:
            raise Unavailable("the bus can't be reached")


@dataclass(slots=True)
class FakeConnect:
    """`Connect` to providers given by integration id; `ReconnectRequired` for any other."""

    providers: Mapping[str, Provider]
    opened: list[Integration] = field(default_factory=list)

    def __call__(self, integration: Integration) -> Provider:
        self.opened.append(integration)
        if integration.id not in self.providers:
            raise ReconnectRequired(f"no credentials for {integration.id}", code="credentials_missing")
        return self.providers[integration.id]
