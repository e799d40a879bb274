"""What a worker works with: the engine, its stores, and the way to the services."""

import time
from dataclasses import dataclass
from functools import cache, cached_property

import boto3
from botocore.config import Config

from integrations.queue import SyncQueue
from integrations.runtime.connecting import ServiceConnect, call_seconds_maximum, connection_settings
from integrations.runtime.settings import Settings, read_settings
from integrations.storage.credentials import CredentialStore, CredentialVault
from integrations.storage.entities import EntityStore
from integrations.storage.failures import FailureStore
from integrations.storage.integrations import IntegrationStore
from integrations.storage.job_log import JobLogStore
from integrations.storage.leases import LeaseTerms
from integrations.storage.lines import LineStore
from integrations.storage.links import LinkStore
from integrations.storage.meter import Meter
from integrations.storage.remains import RemainsStore
from integrations.storage.table import Table
from integrations.sync.ledger import LedgerStores
from integrations.sync.slice import SliceReport, Worker
from integrations.sync.worker_ports import WorkerPorts

AWS_CALLS = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4})
INVOCATION_RESERVE_MS = 5_000


@dataclass(frozen=True)
class WorkerRuntime:
    """One process's engine. Clients are built with their first use; the `meter`, if any, is told what calls cost."""

    settings: Settings
    meter: Meter | None = None

    def look(self, project_id: str, integration_id: str, owner: str, remaining_ms: int) -> SliceReport:
        """One slice on the line, ending well before the invocation's `remaining_ms` do."""
        now = _now_ms()
        until = min(now + self.settings.slice_seconds * 1_000, now + remaining_ms - INVOCATION_RESERVE_MS)
        worker = Worker(self._ports, owner, call_seconds_maximum(self.settings))
        return worker.look(project_id, integration_id, until)

    @cached_property
    def _ports(self) -> WorkerPorts:
        stores = LedgerStores(self._line, LinkStore(self._table), FailureStore(self._table), JobLogStore(self._table))
        return WorkerPorts(
            ledger=stores,
            integrations=IntegrationStore(self._table),
            entities=EntityStore(self._entities_table),
            wake_ups=self._wake_ups,
            connect=self._connect,
            clock=_now_ms,
            remains=RemainsStore(self._table),
        )

    @cached_property
    def _connect(self) -> ServiceConnect:
        vault = CredentialVault(boto3.client("kms", config=AWS_CALLS), self.settings.credentials_key_id)
        connection = connection_settings(self.settings, self._table)
        return ServiceConnect(CredentialStore(self._table), vault, lambda: connection)

    @cached_property
    def _line(self) -> LineStore:
        return LineStore(self._table, LeaseTerms(self.settings.lease_seconds * 1_000, self._share_maximum))

    @cached_property
    def _wake_ups(self) -> SyncQueue:
        return SyncQueue(boto3.client("sqs", config=AWS_CALLS), self.settings.sync_queue_url)

    @cached_property
    def _table(self) -> Table:
        return Table(boto3.client("dynamodb", config=AWS_CALLS), self.settings.integrations_table, meter=self.meter)

    @cached_property
    def _entities_table(self) -> Table:
        client = boto3.client("dynamodb", config=AWS_CALLS)
        return Table(client, self.settings.entities_table, key_names=("pk", "id"), meter=self.meter)

    @property
    def _share_maximum(self) -> int:
        return max(1, self.settings.workers_maximum // 2)


@cache
def worker_runtime() -> WorkerRuntime:
    """The runtime of this process, made once, with what the environment says then."""
    return WorkerRuntime(read_settings())


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
