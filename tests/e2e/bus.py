"""The stack's event bus: what the entity store tells it, and what a test hears of it."""

import json
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from tests.e2e.platform import POLL_SECONDS, Platform

type Detail = Mapping[str, Any]


def tell_changed(platform: Platform, entity_type: str, entity_ids: Iterable[str]) -> None:
    """Tells of each entity in an event of its own, as a store of the platform would that knows no integration."""
    bus, now = platform.stack["eventBus"], time.time_ns() // 1_000_000
    entries = [
        {
            "EventBusName": bus,
            "Source": "wiserows.platform",
            "DetailType": "entity.updated",
            "Detail": json.dumps(
                {
                    "projectId": platform.stack["projectId"],
                    "entityTypeId": entity_type,
                    "origin": None,
                    "entities": [{"entityId": entity_id, "updatedAt": now}],
                }
            ),
        }
        for entity_id in entity_ids
    ]
    for some in batched(entries, 10, strict=False):
        assert platform.aws("events").put_events(Entries=list(some))["FailedEntryCount"] == 0


@dataclass
class Heard:
    """What came so far, by detail type."""

    platform: Platform
    queue_url: str
    events: list[tuple[str, Detail]] = field(default_factory=list)

    def of(self, name: str, integration_id: str) -> list[Detail]:
        """The details of that type that are about the integration, or come from it."""
        self._receive()
        return [
            detail
            for type, detail in self.events
            if type == name and integration_id in (detail.get("integrationId"), detail.get("origin"))
        ]

    def wait(self, name: str, integration_id: str, seconds: float = 20) -> Detail:
        """The first of them, once it has come."""
        deadline = time.monotonic() + seconds
        while not (found := self.of(name, integration_id)):
            assert time.monotonic() < deadline, f"{name} isn't told"
            time.sleep(POLL_SECONDS)
        return found[0]

    def _receive(self) -> None:
        sqs = self.platform.aws("sqs")
        while messages := sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                event = json.loads(message["Body"])
                self.events.append((event["detail-type"], event["detail"]))
                sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])


@contextmanager
def listening(platform: Platform) -> Iterator[Heard]:
    """A rule on the bus, with a queue as its target, for as long as the test takes."""
    name, bus = f"test-{uuid.uuid4().hex[:12]}", platform.stack["eventBus"]
    sqs, events = platform.aws("sqs"), platform.aws("events")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    rule = events.put_rule(
        Name=name,
        EventBusName=bus,
        EventPattern=json.dumps({"source": ["wiserows.integrations", "wiserows.entities"]}),
    )
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": _policy(arn, rule["RuleArn"])})
    events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "test", "Arn": arn}])
    yield Heard(platform, url)
    events.remove_targets(Rule=name, EventBusName=bus, Ids=["test"])
    events.delete_rule(Name=name, EventBusName=bus)
    sqs.delete_queue(QueueUrl=url)


def _policy(queue_arn: str, rule_arn: str) -> str:
    """Lets the rule send to the queue."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule_arn}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
