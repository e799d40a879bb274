import json

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from integrations.domain.errors import Unavailable
from integrations.queue import SyncQueue


class Recording:
    """An SQS client that keeps what it is given."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.sent: list[dict] = []

    def send_message(self, **parameters: object) -> dict:
        self.sent.append(parameters)
        if self.error:
            raise self.error
        return {}


@pytest.mark.parametrize(
    ("delay_ms", "seconds"), [(0, 0), (1, 1), (1000, 1), (1001, 2), (899_001, 900), (5_000_000, 900), (-1, 0)]
)
def test_a_wake_up_comes_never_too_early_and_after_900_seconds_at_most(delay_ms: int, seconds: int):
    client = Recording()
    SyncQueue(client, "url").send("demo", "one", delay_ms)
    assert client.sent[0]["DelaySeconds"] == seconds


def test_a_wake_up_names_the_line_and_nothing_else_in_its_projects_turn(aws: None):
    client = boto3.client("sqs")
    url = client.create_queue(QueueName="sync")["QueueUrl"]
    SyncQueue(client, url).send("demo", "one", 0)
    (message,) = client.receive_message(QueueUrl=url, AttributeNames=["MessageGroupId"])["Messages"]
    assert json.loads(message["Body"]) == {"projectId": "demo", "integrationId": "one"}
    assert message["Attributes"]["MessageGroupId"] == "demo"


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://sqs.test"),
        ClientError({"Error": {"Code": "AWS.SimpleQueueService.NonExistentQueue"}}, "SendMessage"),
    ],
)
def test_a_queue_that_takes_nothing_is_unavailable(error: Exception):
    with pytest.raises(Unavailable, match="did not take a wake-up"):
        SyncQueue(Recording(error), "url").send("demo", "one", 0)
