"""A project's data as queries see it, and what a query that is known consists of."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.simulators.posthog.events import Placed
from tests.simulators.posthog.query_values import QueryValues
from tests.simulators.posthog.switches import PostHogSwitches
from tests.simulators.posthog.warehouse import ProjectData

Row = list[Any]


@dataclass(frozen=True, slots=True)
class Reader:
    """A project's data as queries see it at one moment."""

    data: ProjectData
    switches: PostHogSwitches
    now: float

    def events(self, name: str) -> list[Placed]:
        """The events of a name in order."""
        return self.data.events.placed(name, self.switches.uuid_order, self.switches.merge_delay_seconds, self.now)

    def window(self, name: str, since: datetime, until: datetime) -> list[Placed]:
        """Those from `since`, included, to `until`, not included."""
        events = self.events(name)
        return events[bisect_left(events, since, key=happened_at) : bisect_left(events, until, key=happened_at)]


@dataclass(frozen=True, slots=True)
class KnownQuery:
    """A query as text without its limit, the columns it has, and how it is answered."""

    name: str
    text: str
    columns: tuple[tuple[str, str], ...]
    rows: Callable[[Reader, QueryValues], list[Row]]


def happened_at(placed: Placed) -> datetime:
    """When the event happened."""
    return placed[0][0]
