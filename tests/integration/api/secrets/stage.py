"""A deployment with planted credentials: the real handlers, clients and stores; the network and AWS are stand-ins."""

import importlib.util
import io
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from integrations.domain.entity import Entity
from integrations.runtime.api import services
from integrations.runtime.settings import read_settings
from integrations.storage.entities import EntityStore
from integrations.storage.table import Table
from tests.api_world import NOW, World
from tests.integration.api.gateway import Answer, Context
from tests.integration.api.managing import call, give_credentials
from tests.integration.api.secrets.plants import ACCESS_TOKEN, Plant, marks_in

ROOT = Path(__file__).resolve().parents[4]
ENTITIES = 2


def load_worker() -> Any:
    """The worker's handler, loaded as a process of its own would: with a logger that nobody has made before."""
    spec = importlib.util.spec_from_file_location("planted_run_sync", ROOT / "functions/run_sync/app.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Stage:
    """One plant in a project of its own. `said` gathers what was answered; logs and items are read at the end."""

    plant: Plant
    world: World
    worker: Any
    said: list[str] = field(default_factory=list)

    def plant_one(self) -> str:
        """An integration with the planted credentials, through the API; its id."""
        answer = self.keep(call(self.world, "POST", "/integrations", self.plant.definition))
        assert answer.status == 201, answer.body
        give_credentials(self.world, answer.body["data"]["id"], **self.plant.credentials)
        return str(answer.body["data"]["id"])

    def add_entities(self) -> None:
        """Something to push."""
        store = EntityStore(Table(boto3.client("dynamodb"), read_settings().entities_table, key_names=("pk", "id")))
        for number in range(ENTITIES):
            fields = {"title": f"Title {number}", "email": f"reader-{number}@example.com"}
            store.create(self.world.ours, Entity(f"e{number}", "article", fields, NOW, NOW))

    def test_connection(self, id: str) -> Answer:
        """POST …/test."""
        return self.keep(call(self.world, "POST", f"/integrations/{id}/test"))

    def peek(self, id: str) -> None:
        """GET …/fields, and POST …/preview both ways: what else calls a service within an API call."""
        self.keep(call(self.world, "GET", f"/integrations/{id}/fields"))
        for direction in self.plant.directions:
            body = {"direction": direction, "entityIds": ["e0", "e1", "nobody"]}
            self.keep(call(self.world, "POST", f"/integrations/{id}/preview", body))

    def sync(self, id: str, direction: str) -> Answer:
        """One job, triggered, worked on, and shown with its log."""
        answer = self.keep(call(self.world, "POST", f"/integrations/{id}/sync", {"direction": direction}))
        assert answer.status == 202, answer.body
        self.said.append(json.dumps(self.worker.lambda_handler(self._wake_up(id), Context())))
        return self.keep(call(self.world, "GET", f"/jobs/{answer.body['data']['jobId']}"))

    def look(self, *ids: str) -> None:
        """Everything that the API shows afterwards."""
        for path in ("/integrations", "/jobs", *(f"/integrations/{id}" for id in ids)):
            assert self.keep(call(self.world, "GET", path)).status == 200
        for id in ids:
            assert self.keep(call(self.world, "GET", f"/integrations/{id}/events")).status == 200

    def keep(self, answer: Answer) -> Answer:
        """Notes what was answered."""
        self.said.append(f"{answer.body} {answer.headers}")
        return answer

    def leaks(self, heard: Mapping[str, str]) -> dict[str, list[str]]:
        """Marks by where they came out, the keys of the API's callers included; in ciphertexts they don't show."""
        secrets = (*self.plant.secrets, ACCESS_TOKEN, *self.world.keys.values())
        places = {"answers": " ".join(self.said), "items and messages": stored(), **heard}
        assert all(places.values())
        found = {place: marks_in(text, secrets) for place, text in places.items()}
        return {place: marks for place, marks in found.items() if marks}

    def _wake_up(self, id: str) -> dict[str, Any]:
        event: dict[str, Any] = json.loads((ROOT / "events/run_sync.json").read_text())
        event["Records"][0]["body"] = json.dumps({"projectId": self.world.ours, "integrationId": id})
        return event


def stored() -> str:
    """All items of both tables, and the messages on the queue."""
    settings, dynamodb, sqs = services().settings, boto3.client("dynamodb"), boto3.client("sqs")
    found: list[str] = []
    for table in (settings.integrations_table, settings.entities_table):
        pages = dynamodb.get_paginator("scan").paginate(TableName=table)
        found.extend(str(item) for page in pages for item in page["Items"])
    messages = sqs.receive_message(QueueUrl=settings.sync_queue_url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    return " ".join([*found, *(str(message) for message in messages.get("Messages", ()))])


@dataclass
class Lines:
    """What Powertools' loggers wrote, at DEBUG."""

    buffer: io.StringIO = field(default_factory=io.StringIO)
    restore: list[Callable[[], object]] = field(default_factory=list)

    def take_from(self, logger: Any) -> None:
        """Turns the logger's stream hither."""
        handler, level = logger.registered_handler, logger.log_level
        assert isinstance(handler, logging.StreamHandler)
        before = handler.setStream(self.buffer)
        logger.setLevel("DEBUG")
        self.restore += [lambda: handler.setStream(before), lambda: logger.setLevel(level)]

    def text(self) -> str:
        """As it was written; each line is JSON."""
        lines = self.buffer.getvalue().splitlines()
        assert all(json.loads(line) for line in lines)
        return "\n".join(lines)
