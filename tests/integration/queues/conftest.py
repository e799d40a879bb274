"""The two queues on moto, as the functions and tools know them."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws

from integrations.queue import DeadLetterQueue, SyncQueue


@dataclass
class Queues:
    """`sync` and `dead` are addresses."""

    client: Any
    sync: str
    dead: str

    @property
    def letters(self) -> DeadLetterQueue:
        return DeadLetterQueue(self.client, self.dead)

    @property
    def wake_ups(self) -> SyncQueue:
        return SyncQueue(self.client, self.sync)

    def die(self, count: int) -> None:
        """So many wake-ups end in the dead-letter queue."""
        for number in range(count):
            body = json.dumps({"projectId": "demo", "integrationId": f"int_{number}"})
            self.client.send_message(QueueUrl=self.dead, MessageBody=body, MessageGroupId="demo")

    def visible(self, url: str) -> int:
        """How many messages can be received from the queue."""
        name = "ApproximateNumberOfMessages"
        answer = self.client.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
        return int(answer["Attributes"][name])

    def bodies(self, url: str) -> list[dict[str, Any]]:
        """What is in the queue, which is empty afterwards."""
        found = []
        while messages := self.client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            found += [json.loads(message["Body"]) for message in messages]
        return found


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queues]:
    """Empty ones."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("sqs")
        # Named anew each time: moto may be running already, for other tests.
        sync, dead = (client.create_queue(QueueName=uuid.uuid4().hex)["QueueUrl"] for _ in range(2))
        monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", dead)
        yield Queues(client, sync, dead)
