"""Everything outside that a worker touches, in one value."""

from dataclasses import dataclass

from integrations.sync.ledger import LedgerStores
from integrations.sync.ports import Clock, Connect, Entities, Integrations, Remains, WakeUps


@dataclass(frozen=True, slots=True)
class WorkerPorts:
    """The stores, the queue, the clock, and the way to a service."""

    ledger: LedgerStores
    integrations: Integrations
    entities: Entities
    wake_ups: WakeUps
    connect: Connect
    clock: Clock
    remains: Remains
