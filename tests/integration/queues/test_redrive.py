"""Sending dead letters again."""

from typing import Any

import pytest

from integrations.domain.errors import Unavailable
from tests.integration.queues.conftest import Queues
from tools.redrive import listed, redriven


def test_a_dry_run_lists_every_message_and_loses_none(queues: Queues) -> None:
    queues.die(25)
    for _ in range(2):
        said: list[str] = []
        assert listed(queues.letters, said.append) == 25
        assert len({line for line in said if "project demo, integration int_" in line}) == 25
    assert (queues.visible(queues.dead), queues.visible(queues.sync)) == (25, 0)


def test_every_wake_up_is_sent_again_and_then_gone(queues: Queues) -> None:
    queues.die(125)
    said: list[str] = []
    assert redriven(queues.letters, queues.wake_ups, said.append) == (125, 0)
    assert queues.visible(queues.dead) == 0
    sent = {body["integrationId"] for body in queues.bodies(queues.sync)}
    assert sent == {f"int_{number}" for number in range(125)}
    assert len(said) == 125


def test_what_is_no_wake_up_is_left_and_said(queues: Queues) -> None:
    queues.die(3)
    queues.client.send_message(QueueUrl=queues.dead, MessageBody="{}")
    said: list[str] = []
    assert redriven(queues.letters, queues.wake_ups, said.append) == (3, 1)
    assert (queues.visible(queues.dead), queues.visible(queues.sync)) == (1, 3)
    assert said[-1].endswith("no wake-up")


def test_what_could_not_be_sent_stays_a_dead_letter(queues: Queues) -> None:
    queues.die(3)
    queue: Any = queues.wake_ups
    original, calls = queue.send, []

    def send(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise Unavailable("the queue did not take a wake-up")
        original(*arguments)

    queue.send = send
    with pytest.raises(Unavailable):
        redriven(queues.letters, queue, print)
    assert (queues.visible(queues.dead), queues.visible(queues.sync)) == (2, 1)
