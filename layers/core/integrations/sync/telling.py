"""Events out: stored in the transaction that makes them true, told afterwards, and forgotten only then.

Whoever ends a job tells; whatever is left, because a worker or the bus failed, the recovery tells.
"""

from integrations.domain.errors import Unavailable
from integrations.sync.ports import Bus, Clock, Outbox

OVERDUE_MAXIMUM = 100


def tell_of_project(outbox: Outbox, bus: Bus, project_id: str) -> bool:
    """Tells what waits of the project; False if the bus or the store failed, and the recovery has to."""
    try:
        events = outbox.waiting(project_id)
        if events:
            bus.publish([stored.event for stored in events])
            outbox.remove(events)
    except Unavailable:
        return False
    return True


def tell_overdue(outbox: Outbox, bus: Bus, clock: Clock) -> int:
    """Tells what nobody has told in time, oldest first; how many events. Raises `Unavailable`."""
    told = 0
    while events := outbox.overdue(clock(), OVERDUE_MAXIMUM):
        bus.publish([stored.event for stored in events])
        outbox.remove(events)
        told += len(events)
        if len(events) < OVERDUE_MAXIMUM:
            break
    return told
