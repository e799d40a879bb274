"""What `recover_jobs` works with: the lines and the queue, and nothing that calls a service."""

import time

import boto3
from botocore.config import Config

from integrations.queue import SyncQueue
from integrations.runtime.settings import read_settings
from integrations.storage.leases import LeaseTerms
from integrations.storage.lines import LineStore
from integrations.storage.table import Table
from integrations.sync.recover import recover_overdue

AWS_CALLS = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4})


def recover() -> int:
    """Wakes every overdue line, per project at most its share of the workers; how many lines it woke."""
    settings = read_settings()
    share = max(1, settings.workers_maximum // 2)
    table = Table(boto3.client("dynamodb", config=AWS_CALLS), settings.integrations_table)
    line = LineStore(table, LeaseTerms(settings.lease_seconds * 1_000, share))
    queue = SyncQueue(boto3.client("sqs", config=AWS_CALLS), settings.sync_queue_url)
    return recover_overdue(line, queue, lambda: time.time_ns() // 1_000_000, share)
