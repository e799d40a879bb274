"""Where a measured worker works: tables of its own, made as the template says, on whatever DynamoDB there is."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import boto3

from integrations.runtime.settings import Settings
from tests.contract.storage.tables import create_table, table_definitions
from tests.simulators.process import RunningSimulator, start_simulator
from tools.stack.deployment import read_outputs
from tools.stack.description import StackDescription
from tools.stack.emulator import ACCESS_KEY_ID, SECRET_ACCESS_KEY

PROJECT, DATASET, TOKEN = "bench", "bench", "sk-bench"
LEASE_SECONDS, SLICE_SECONDS, SERVICE_TIMEOUT_SECONDS, WORKERS = 120, 240, 30, 10
"""As on AWS."""


@dataclass(frozen=True, slots=True)
class Place:
    """Names and addresses, as text: they go to other processes too."""

    integrations_table: str
    entities_table: str
    queue_url: str
    key_id: str
    service_url: str
    admin_url: str

    @property
    def settings(self) -> Settings:
        """What the worker's environment would say."""
        return Settings(
            {
                "INTEGRATIONS_TABLE": self.integrations_table,
                "ENTITIES_TABLE": self.entities_table,
                "SYNC_QUEUE_URL": self.queue_url,
                "CREDENTIALS_KEY_ID": self.key_id,
                "LEASE_SECONDS": str(LEASE_SECONDS),
                "SLICE_SECONDS": str(SLICE_SECONDS),
                "WORKERS_MAXIMUM": str(WORKERS),
                "SERVICE_TIMEOUT_SECONDS": str(SERVICE_TIMEOUT_SECONDS),
                "ALLOWED_ADDRESSES": self.service_url.removeprefix("http://"),
            }
        )

    def as_json(self) -> dict[str, str]:
        """For another process."""
        return asdict(self)


def use_aws_at(endpoint: str, region: str) -> None:
    """Points this process's clients, and those of its children, there."""
    os.environ |= {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
    }


@contextmanager
def place_on_stack(stack: StackDescription) -> Iterator[Place]:
    """Tables, queue and simulator of the measurement's own: the stack's functions know nothing of them."""
    use_aws_at(stack.content["awsEndpoint"], stack.content["region"])
    key_id = read_outputs(stack.client("cloudformation"))["CredentialsKeyArn"]
    with place_with_key(key_id) as place:
        yield place


@contextmanager
def place_with_key(key_id: str) -> Iterator[Place]:
    """The same with the KMS key `key_id`, wherever this process's clients point to."""
    dynamodb, sqs = boto3.client("dynamodb"), boto3.client("sqs")
    tables = [create_table(dynamodb, each) for each in table_definitions("IntegrationsTable", "EntitiesTable")]
    queue_url = sqs.create_queue(QueueName=tables[0])["QueueUrl"]
    try:
        with _simulator() as simulator:
            yield Place(*tables, queue_url, key_id, simulator.url, simulator.admin_url)
    finally:
        sqs.delete_queue(QueueUrl=queue_url)
        for table in tables:
            dynamodb.delete_table(TableName=table)


def _simulator() -> RunningSimulator:
    tokens: list[Mapping[str, Any]] = [{"token": TOKEN, "role": "editor"}]
    return start_simulator("sanity", config={"projectId": PROJECT, "dataset": DATASET, "tokens": tokens})
