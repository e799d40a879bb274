"""Drops and duplicates wake-ups, and has recovery look after what nobody wakes."""

import time
from collections.abc import Iterable
from contextlib import suppress
from random import Random

from integrations.queue import wake_up_of
from tests.chaos.lines import Line
from tests.chaos.tally import DROPPED, DUPLICATED, Tally
from tests.e2e.platform import Platform

RECOVERY_SECONDS = 5.0
RECEIVED_AT_ONCE = 5
HIDDEN_SECONDS = 10
DROPPED_SHARE = 0.5


class Messages:
    """The sync queue, of which workers get what is left."""

    def __init__(self, platform: Platform, lines: Iterable[Line], tally: Tally, random: Random) -> None:
        self._sqs = platform.aws("sqs")
        self._queue = platform.stack["queues"]["sync"]
        self._services = {(line.platform.stack["projectId"], line.id): line.service for line in lines}
        self._tally = tally
        self._random = random

    def go_on(self) -> None:
        """Takes what waits in the queue, and drops some of it, hands on the rest, and some of that twice."""
        found = self._sqs.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=RECEIVED_AT_ONCE, VisibilityTimeout=HIDDEN_SECONDS
        )
        for message in found.get("Messages", []):
            # Who is slow finds that somebody else has it by now.
            with suppress(self._sqs.exceptions.ReceiptHandleIsInvalid, self._sqs.exceptions.MessageNotInflight):
                self._meddle(message["Body"], message["ReceiptHandle"])

    def _meddle(self, body: str, handle: str) -> None:
        key = wake_up_of(body)
        service = self._services.get(key)
        if service and self._tally.lacks(DROPPED, service) and self._random.random() < DROPPED_SHARE:
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=handle)
            self._tally.add(DROPPED, service)
            return
        if service and self._tally.lacks(DUPLICATED, service):
            self._sqs.send_message(QueueUrl=self._queue, MessageBody=body, MessageGroupId=key[0])
            self._tally.add(DUPLICATED, service)
        self._sqs.change_message_visibility(QueueUrl=self._queue, ReceiptHandle=handle, VisibilityTimeout=0)


class Recovery:
    """`recover_jobs`, more often than its schedule has it run."""

    def __init__(self, platform: Platform) -> None:
        self._lambda = platform.aws("lambda")
        pages = self._lambda.get_paginator("list_functions").paginate()
        names = [function["FunctionName"] for page in pages for function in page["Functions"]]
        self._function = next(name for name in names if "RecoverJobsFunction" in name)
        self._next_at = 0.0

    def go_on(self) -> None:
        """Runs it when it is time."""
        if time.monotonic() >= self._next_at:
            self._next_at = time.monotonic() + RECOVERY_SECONDS
            self._lambda.invoke(FunctionName=self._function, Payload=b"{}", InvocationType="Event")
