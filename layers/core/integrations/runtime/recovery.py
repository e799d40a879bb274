"""What `recover_jobs` works with: the lines, the queue, events that were not told, and nothing that calls a service."""

import time

import boto3
from botocore.config import Config

from integrations.bus import EventBus
from integrations.queue import SyncQueue
from integrations.runtime.settings import read_settings
from integrations.storage.leases import LeaseTerms
from integrations.storage.lines import LineStore
from integrations.storage.outbox import OutboxStore
from integrations.storage.table import Table
from integrations.sync.recover import recover_overdue
from integrations.sync.telling import tell_overdue

AWS_CALLS = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4})


def recover() -> tuple[int, int]:
    """Wakes every overdue line, per project at most its share of the workers, and tells overdue events; how many lines
    and events."""
    settings = read_settings()
    share = max(1, settings.workers_maximum // 2)
    table = Table(boto3.client("dynamodb", config=AWS_CALLS), settings.integrations_table)
    line = LineStore(table, LeaseTerms(settings.lease_seconds * 1_000, share))
    queue = SyncQueue(boto3.client("sqs", config=AWS_CALLS), settings.sync_queue_url)
    woken = recover_overdue(line, queue, _now_ms, share)
    bus = EventBus(boto3.client("events", config=AWS_CALLS), settings.event_bus_name)
    return woken, tell_overdue(OutboxStore(table), bus, _now_ms)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
