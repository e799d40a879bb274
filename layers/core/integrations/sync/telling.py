"""Events out: stored in the transaction that makes them true, told afterwards, and forgotten only then.

Whoever ends a job tells; whatever is left, because a worker or the bus failed, the recovery tells.
"""

from collections.abc import Sequence

from integrations.domain.errors import Unavailable
from integrations.domain.events import StoredEvent
from integrations.sync.ports import Bus, Clock, Outbox

OVERDUE_MAXIMUM = 100


def tell(outbox: Outbox, bus: Bus, events: Sequence[StoredEvent]) -> None:
    """Tells what was just stored. If the bus or the store fails, the recovery has to."""
    try:
        _tell(outbox, bus, events)
    except Unavailable:
        return


def tell_overdue(outbox: Outbox, bus: Bus, clock: Clock) -> int:
    """Tells what nobody has told in time, oldest first; how many events. Raises `Unavailable`."""
    told = 0
    while events := outbox.overdue(clock(), OVERDUE_MAXIMUM):
        _tell(outbox, bus, events)
        told += len(events)
        if len(events) < OVERDUE_MAXIMUM:
            break
    return told


def _tell(outbox: Outbox, bus: Bus, events: Sequence[StoredEvent]) -> None:
    if events:
        bus.publish([stored.event for stored in events])
        outbox.remove(events)
