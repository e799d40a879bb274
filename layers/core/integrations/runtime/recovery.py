"""What `recover_jobs` works with: lines, queue, events and schedules that nobody told; nothing that calls a service."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import boto3
from botocore.config import Config

from integrations.bus import EventBus
from integrations.domain.errors import Unavailable
from integrations.queue import SyncQueue
from integrations.runtime.schedules import scheduling
from integrations.runtime.settings import Settings, read_settings
from integrations.storage.integrations import IntegrationStore
from integrations.storage.leases import LeaseTerms
from integrations.storage.lines import LineStore
from integrations.storage.outbox import OutboxStore
from integrations.storage.schedule_changes import ScheduleChangeStore
from integrations.storage.table import Table
from integrations.sync.recover import recover_overdue
from integrations.sync.telling import tell_overdue

AWS_CALLS = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4})


@dataclass(frozen=True)
class Recovery:
    """What is made good in a minute."""

    settings: Settings

    def lines(self) -> int:
        """Wakes every overdue line, per project at most its share of the workers; how many."""
        share = max(1, self.settings.workers_maximum // 2)
        line = LineStore(self._table, LeaseTerms(self.settings.lease_seconds * 1_000, share))
        queue = SyncQueue(boto3.client("sqs", config=AWS_CALLS), self.settings.sync_queue_url)
        return recover_overdue(line, queue, _now_ms, share)

    def events(self) -> int:
        """Tells events that nobody told in time; how many."""
        bus = EventBus(boto3.client("events", config=AWS_CALLS), self.settings.event_bus_name)
        return tell_overdue(OutboxStore(self._table), bus, _now_ms)

    def schedules(self) -> int:
        """Has the scheduler follow the records where nobody did in time; how many changes."""
        client = boto3.client("scheduler", config=AWS_CALLS)
        stores = IntegrationStore(self._table), ScheduleChangeStore(self._table)
        return scheduling(client, self.settings, *stores).settle_overdue(_now_ms)

    @cached_property
    def _table(self) -> Table:
        return Table(boto3.client("dynamodb", config=AWS_CALLS), self.settings.integrations_table)


def recover() -> dict[str, int]:
    """How many lines were woken, events told, and schedules settled. What can't be reached keeps none of the others
    from being made good; then raises an `ExceptionGroup` of `Unavailable`."""
    recovery = Recovery(read_settings())
    steps = {"woken": recovery.lines, "told": recovery.events, "settled": recovery.schedules}
    done: dict[str, int] = {}
    failures: list[Unavailable] = []
    for name, step in steps.items():
        _do(name, step, done, failures)
    if failures:
        raise ExceptionGroup("not everything could be made good; the next minute goes on", failures)
    return done


def _do(name: str, step: Callable[[], int], done: dict[str, int], failures: list[Unavailable]) -> None:
    try:
        done[name] = step()
    except Unavailable as failure:
        failures.append(failure)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
