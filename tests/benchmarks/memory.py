"""Peak memory of a process that pushes N generated entities: `python -m tests.benchmarks.memory N`."""

import resource
import sys
import tempfile
from pathlib import Path

from integrations.sync.ledger import LedgerStores
from integrations.sync.slice import Worker
from integrations.sync.worker_ports import WorkerPorts
from tests.benchmarks.endless import GeneratedEntities, LinksInFile, Sink
from tests.fakes.outside import FakeConnect
from tests.fakes.remains import FakeRemains
from tests.fakes.stores import FakeFailures, FakeJobLog
from tests.unit.sync.world import INTEGRATION, PROJECT, World


def push(count: int, folder: Path) -> int:
    """Pushes `count` entities, in slices of four minutes; the process's peak in KiB."""
    world, sink = World(), Sink()
    links = LinksInFile(folder / "links.sqlite")
    stores = LedgerStores(world.line, links, FakeFailures(world.tables), FakeJobLog(world.tables))
    connect = FakeConnect({INTEGRATION: sink})
    entities, remains = GeneratedEntities(count), FakeRemains(world.tables)
    ports = WorkerPorts(stores, world.integrations, entities, world.wake_ups, connect, world.clock, remains)
    job_id = world.trigger("push")
    while world.job(job_id).completed_at is None:
        Worker(ports, "bench", 5).look(PROJECT, INTEGRATION, world.clock.advance(1) + world.slice_ms)
    job = world.job(job_id)
    if (job.progress.completed, sink.taken) != (count, count):
        message = f"pushed {sink.taken} of {count}: {job}"
        raise SystemExit(message)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        print(push(int(sys.argv[1]), Path(folder)))
