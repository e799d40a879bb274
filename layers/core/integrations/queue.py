"""The queue of wake-ups: the adapter of `sync.ports.WakeUps`.

A standard queue with the project as `MessageGroupId`, which gives projects fair turns without an order within them
("Amazon SQS fair queues"). A message's delay is at most 900 seconds ("SendMessage" in the Amazon SQS API reference).
"""

import json
import math
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from integrations.domain.errors import Unavailable

DELAY_MAXIMUM_SECONDS = 900


class SqsClient(Protocol):
    """What is used of boto3's SQS client."""

    def send_message(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""


class SyncQueue:
    """Sends to the queue at `url`."""

    def __init__(self, client: SqsClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, project_id: str, integration_id: str, delay_ms: int) -> None:
        """Never wakes too early for being rounded. Raises `Unavailable` for whatever keeps the message from the queue:
        the job it is about is stored, and will be found."""
        body = json.dumps({"projectId": project_id, "integrationId": integration_id}, separators=(",", ":"))
        delay_seconds = min(max(math.ceil(delay_ms / 1000), 0), DELAY_MAXIMUM_SECONDS)
        try:
            self._client.send_message(
                QueueUrl=self._url, MessageBody=body, MessageGroupId=project_id, DelaySeconds=delay_seconds
            )
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(f"the queue did not take a wake-up: {type(error).__name__}") from error


def wake_up_of(body: str) -> tuple[str, str]:
    """(project id, integration id) of a message's body. Raises `ValueError` for a body that this queue never sent."""
    message = json.loads(body)
    try:
        return str(message["projectId"]), str(message["integrationId"])
    except (KeyError, TypeError):
        problem = "a wake-up is {projectId, integrationId}"
        raise ValueError(problem) from None
