"""The queue of wake-ups (the adapter of `sync.ports.WakeUps`), and the one of those that failed too often.

A standard queue with the project as `MessageGroupId`, which gives projects fair turns without an order within them
("Amazon SQS fair queues"). A message's delay is at most 900 seconds ("SendMessage" in the Amazon SQS API reference).
"""

import json
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import batched
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from integrations.domain.errors import Unavailable

DELAY_MAXIMUM_SECONDS = 900
MESSAGES_PER_CALL = 10
HIDDEN_SECONDS = 60
"""How long a dead letter that is looked at is hidden from others. It comes back by itself, whatever becomes of us."""


class SqsClient(Protocol):
    """What is used of boto3's SQS client."""

    def send_message(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""


class DeadLetterClient(Protocol):
    """What is used of boto3's SQS client to look at dead letters."""

    def receive_message(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""

    def change_message_visibility_batch(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""

    def delete_message(self, **parameters: object) -> dict[str, Any]:
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


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A wake-up that failed too often; `receipt` is what it is put back or deleted by."""

    message_id: str
    receipt: str
    body: str


class DeadLetterQueue:
    """The queue at `url`, of which nothing is lost by looking at it."""

    def __init__(self, client: DeadLetterClient, url: str) -> None:
        self._client = client
        self._url = url

    @contextmanager
    def looked_at(self, maximum: int) -> Iterator[list[DeadLetter]]:
        """Up to `maximum` messages, each once. Those that weren't deleted are back in the queue afterwards. Raises
        `Unavailable`."""
        letters: dict[str, DeadLetter] = {}
        try:
            while len(letters) < maximum and (page := self._receive(min(MESSAGES_PER_CALL, maximum - len(letters)))):
                known = len(letters)
                letters |= {letter.message_id: letter for letter in page}
                if len(letters) == known:
                    break
            yield list(letters.values())
        finally:
            self._put_back(letters.values())

    def delete(self, letter: DeadLetter) -> None:
        """Takes a message away for good. Raises `Unavailable`."""
        with _outages():
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=letter.receipt)

    def _receive(self, maximum: int) -> list[DeadLetter]:
        with _outages():
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=maximum,
                VisibilityTimeout=HIDDEN_SECONDS,
                WaitTimeSeconds=1,
            )
        found = answer.get("Messages", [])
        return [DeadLetter(message["MessageId"], message["ReceiptHandle"], message["Body"]) for message in found]

    def _put_back(self, letters: Iterable[DeadLetter]) -> None:
        """Deleted ones are none any more: what SQS says of them is no matter."""
        for some in batched(letters, MESSAGES_PER_CALL, strict=False):
            entries = [
                {"Id": str(number), "ReceiptHandle": letter.receipt, "VisibilityTimeout": 0}
                for number, letter in enumerate(some)
            ]
            with _outages():
                self._client.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)


@contextmanager
def _outages() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise Unavailable(f"the dead-letter queue did not answer: {type(error).__name__}") from error


def wake_up_of(body: str) -> tuple[str, str]:
    """(project id, integration id) of a message's body. Raises `ValueError` for a body that this queue never sent."""
    message = json.loads(body)
    try:
        return str(message["projectId"]), str(message["integrationId"])
    except (KeyError, TypeError):
        problem = "a wake-up is {projectId, integrationId}"
        raise ValueError(problem) from None
