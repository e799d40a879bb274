"""The function that looks at the dead letters."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from functions.dead_letter.app import lambda_handler
from integrations.queue import DeadLetterQueue
from tests.integration.api.gateway import Context
from tests.integration.queues.conftest import Queues

EVENT = json.loads((Path(__file__).parents[3] / "events" / "dead_letter.json").read_text())


def metric_of(printed: str) -> list[float]:
    [line] = [line for line in printed.splitlines() if "CloudWatchMetrics" in line]
    value: list[float] = json.loads(line)["DeadLetters"]
    return value


def test_waiting_messages_are_counted_named_by_id_and_left(queues: Queues, capsys: pytest.CaptureFixture[str]) -> None:
    queues.die(25)
    for _ in range(2):
        assert lambda_handler(EVENT, Context()) == {"waiting": 25}
        printed = capsys.readouterr().out
        assert metric_of(printed) == [25.0]
        assert queues.visible(queues.dead) == 25
        assert "int_1" not in printed
    assert len(queues.bodies(queues.dead)) == 25


def test_an_empty_queue_counts_as_none_and_says_nothing(queues: Queues, capsys: pytest.CaptureFixture[str]) -> None:
    assert lambda_handler(EVENT, Context()) == {"waiting": 0}
    printed = capsys.readouterr().out
    assert metric_of(printed) == [0.0]
    assert "dead letters wait" not in printed


def test_the_log_names_message_ids_and_nothing_of_their_content(
    queues: Queues, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    sent = queues.client.send_message(QueueUrl=queues.dead, MessageBody="something private")
    lambda_handler(EVENT, Context())
    [record] = [record for record in caplog.records if record.getMessage() == "dead letters wait"]
    assert record.__dict__["message_ids"] == [sent["MessageId"]]
    assert not [record for record in caplog.records if "private" in str(record.__dict__)]


def test_a_look_at_some_puts_back_what_was_not_deleted(queues: Queues) -> None:
    queues.die(5)
    with queues.letters.looked_at(3) as letters:
        assert len(letters) == 3
        assert queues.visible(queues.dead) == 2
        queues.letters.delete(letters[0])
    assert queues.visible(queues.dead) == 4


def test_a_look_that_fails_half_way_puts_everything_back(queues: Queues) -> None:
    queues.die(5)
    queue: Any = DeadLetterQueue(queues.client, queues.dead)
    with pytest.raises(RuntimeError), queue.looked_at(5):
        raise RuntimeError
    assert queues.visible(queues.dead) == 5
