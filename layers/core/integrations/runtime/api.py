"""What the API's functions work with, built when first asked for: who needs no queue builds no client of it."""

import os
import time
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from integrations.runtime.settings import Settings, read_settings
from integrations.storage.table import Table

if TYPE_CHECKING:
    from integrations.storage.api_keys import ApiKeyStore
    from integrations.storage.audit import AuditStore
    from integrations.storage.cancelling import CancelStore
    from integrations.storage.client import DynamoDbClient
    from integrations.storage.credentials import CredentialVault
    from integrations.storage.entities import EntityStore
    from integrations.storage.intake import IntakeStore
    from integrations.storage.integrations import IntegrationStore
    from integrations.storage.job_log import JobLogStore
    from integrations.storage.jobs import JobStore
    from integrations.storage.links import LinkStore
    from integrations.storage.management import ManagementStore
    from integrations.storage.plan_buckets import PlanBucketStore
    from integrations.sync.ports import Connect, WakeUps

RANDOMNESS_BYTES = 10


def aws_calls() -> Config:
    """How AWS is called from the API: no answer of ours waits half a minute for one of theirs."""
    return Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})


def counting_calls() -> Config:
    """How AWS is called to count a call: briefly and once, since the call then passes."""
    return Config(connect_timeout=1, read_timeout=1, retries={"mode": "standard", "total_max_attempts": 1})


@dataclass(frozen=True)
class ApiServices:
    """The stores, the queue and the way to a service, of one process. Modules are imported with their first use."""

    settings: Settings

    @cached_property
    def integrations(self) -> "IntegrationStore":
        """What is configured."""
        from integrations.storage.integrations import IntegrationStore

        return IntegrationStore(self._table)

    @cached_property
    def management(self) -> "ManagementStore":
        """What is configured, to be changed."""
        from integrations.storage.management import ManagementStore

        return ManagementStore(self._table)

    @cached_property
    def audit(self) -> "AuditStore":
        """Who changed what."""
        from integrations.storage.audit import AuditStore

        return AuditStore(self._table)

    @cached_property
    def jobs(self) -> "JobStore":
        """The jobs, to be read."""
        from integrations.storage.jobs import JobStore

        return JobStore(self._table)

    @cached_property
    def job_log(self) -> "JobLogStore":
        """Their logs."""
        from integrations.storage.job_log import JobLogStore

        return JobLogStore(self._table)

    @cached_property
    def intake(self) -> "IntakeStore":
        """Where new jobs come in."""
        from integrations.storage.intake import IntakeStore

        return IntakeStore(self._table)

    @cached_property
    def cancellations(self) -> "CancelStore":
        """What takes jobs out of their lines."""
        from integrations.storage.cancelling import CancelStore

        return CancelStore(self._table)

    @cached_property
    def api_keys(self) -> "ApiKeyStore":
        """The keys that were given out."""
        from integrations.storage.api_keys import ApiKeyStore

        return ApiKeyStore(self._table)

    @cached_property
    def plan_buckets(self) -> "PlanBucketStore":
        """How often projects call."""
        from integrations.storage.plan_buckets import PlanBucketStore

        client = boto3.client("dynamodb", config=counting_calls())
        return PlanBucketStore(Table(client, self.settings.integrations_table))

    @cached_property
    def wake_ups(self) -> "WakeUps":
        """The queue."""
        from integrations.queue import SyncQueue

        return SyncQueue(boto3.client("sqs", config=aws_calls()), self.settings.sync_queue_url)

    @cached_property
    def connect(self) -> "Connect":
        """The way to a service with its stored credentials."""
        from integrations.runtime.connecting import ServiceConnect, connection_settings
        from integrations.storage.credentials import CredentialStore

        connection = connection_settings(self.settings, self._table)
        return ServiceConnect(CredentialStore(self._table), self.vault, lambda: connection)

    @cached_property
    def vault(self) -> "CredentialVault":
        """What seals and opens credentials, as far as the function may."""
        from integrations.storage.credentials import CredentialVault

        return CredentialVault(boto3.client("kms", config=aws_calls()), self.settings.credentials_key_id)

    @cached_property
    def links(self) -> "LinkStore":
        """What is remembered of exchanges."""
        from integrations.storage.links import LinkStore

        return LinkStore(self._table)

    @cached_property
    def entities(self) -> "EntityStore":
        """The platform's entities, to be read."""
        from integrations.storage.entities import EntityStore

        return EntityStore(Table(self._dynamodb, self.settings.entities_table, key_names=("pk", "id")))

    @cached_property
    def _table(self) -> Table:
        return Table(self._dynamodb, self.settings.integrations_table)

    @cached_property
    def _dynamodb(self) -> "DynamoDbClient":
        client: DynamoDbClient = boto3.client("dynamodb", config=aws_calls())
        return client

    def now(self) -> int:
        """The time in Unix milliseconds."""
        return time.time_ns() // 1_000_000

    def randomness(self) -> bytes:
        """What makes ids unguessable and distinct."""
        return os.urandom(RANDOMNESS_BYTES)


@cache
def services() -> ApiServices:
    """The services of this process, made once, with what the environment says then."""
    return ApiServices(read_settings())
