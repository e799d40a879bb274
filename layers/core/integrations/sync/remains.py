"""Clearing away what a deleted integration left behind: a bounded number of items at a time, in as many slices as it
takes. The service's data is never touched.
"""

from integrations.domain.job import Lease
from integrations.sync.worker_ports import WorkerPorts

ITEMS_PER_STEP = 500


def clear_away(ports: WorkerPorts, lease: Lease, until_ms: int) -> bool:
    """Whether all is done; False when half of the lease is over, or `until_ms` (Unix) has come. One step is always
    made. Of an integration that was made again under the same id nothing is taken. Raises `LeaseLost`."""
    scope = (lease.project_id, lease.integration_id)
    until = min(until_ms, (ports.clock() + lease.expires_at) // 2)
    exists = ports.integrations.find(*scope) is not None
    while not exists and not ports.remains.clear(*scope, ITEMS_PER_STEP):
        if ports.clock() >= until:
            return False
    ports.ledger.line.forget(lease)
    return True
