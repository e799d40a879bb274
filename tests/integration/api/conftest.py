"""What the handlers stand on: a table, a queue, a key and a group of schedules on moto for each module, and projects
of each test's own."""

import io
import json
import logging
import os
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import batched
from typing import Any

import boto3
import pytest
from aws_lambda_powertools import Logger
from moto import mock_aws

from integrations.api.log import log
from integrations.runtime.api import services
from integrations.storage.table import Table
from tests.api_world import World, furnish
from tests.contract.storage.tables import create_table, table_definitions

BATCH_WRITE_MAXIMUM = 25

type LogLines = Callable[[], list[dict[str, Any]]]

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "CURSOR_SECRET": "a secret of the tests",
    "SERVICE_TIMEOUT_SECONDS": "5",
    "ALLOWED_ADDRESSES": "",
    "ENVIRONMENT": "test",
    "POWERTOOLS_SERVICE_NAME": "integrations",
}


@pytest.fixture(scope="package")
def aws() -> Iterator[None]:
    """moto in process, with the variables that every function has."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        with mock_aws():
            yield


@pytest.fixture(scope="package")
def dynamodb(aws: None) -> Any:
    """A client, which takes its time to be made."""
    return boto3.client("dynamodb")


@pytest.fixture(scope="module")
def table(dynamodb: Any) -> Iterator[Table]:
    """IntegrationsTable, and beside it EntitiesTable, a queue and a key, which the functions know."""
    with pytest.MonkeyPatch.context() as patch:
        definition, entities = table_definitions("IntegrationsTable", "EntitiesTable")
        name, entities_name = create_table(dynamodb, definition), create_table(dynamodb, entities)
        patch.setenv("INTEGRATIONS_TABLE", name)
        patch.setenv("ENTITIES_TABLE", entities_name)
        patch.setenv("SYNC_QUEUE_URL", boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"])
        boto3.client("scheduler").create_schedule_group(Name=name)
        patch.setenv("SCHEDULE_GROUP", name)
        patch.setenv("SCHEDULE_TARGET_ARN", "arn:aws:lambda:eu-central-1:123456789012:function:start_scheduled_sync")
        patch.setenv("SCHEDULE_ROLE_ARN", "arn:aws:iam::123456789012:role/schedules")
        patch.setenv("CREDENTIALS_KEY_ID", boto3.client("kms").create_key()["KeyMetadata"]["KeyId"])
        services.cache_clear()
        yield Table(dynamodb, name)
        services.cache_clear()
        dynamodb.delete_table(TableName=name)
        dynamodb.delete_table(TableName=entities_name)


@pytest.fixture
def world(table: Table, dynamodb: Any) -> Iterator[World]:
    """Projects of the test's own. With each transaction moto copies all that there is, so nothing is left behind."""
    yield furnish(table, f"p{uuid.uuid4().hex}")
    _empty(dynamodb, services().settings.integrations_table)


def _empty(dynamodb: Any, table_name: str) -> None:
    scan = {"TableName": table_name, "ProjectionExpression": "pk, sk"}
    keys = [key for page in dynamodb.get_paginator("scan").paginate(**scan) for key in page["Items"]]
    for some in batched(keys, BATCH_WRITE_MAXIMUM, strict=False):
        deletions = [{"DeleteRequest": {"Key": key}} for key in some]
        dynamodb.batch_write_item(RequestItems={table_name: deletions})


@pytest.fixture
def items(dynamodb: Any, table: Table) -> Callable[[World], list[dict[str, Any]]]:
    """All that is stored of a world, whenever it is asked for."""

    def stored(world: World) -> list[dict[str, Any]]:
        pages = dynamodb.get_paginator("scan").paginate(TableName=services().settings.integrations_table)
        found = (item for page in pages for item in page["Items"] if world.ours in item["pk"]["S"])
        return sorted(found, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))

    return stored


@contextmanager
def written_by(logger: Logger) -> Iterator[LogLines]:
    """What the logger writes, as objects, whenever it is called."""
    handler, lines = logger.registered_handler, io.StringIO()
    assert isinstance(handler, logging.StreamHandler)
    standard = handler.setStream(lines)
    yield lambda: [json.loads(line) for line in lines.getvalue().splitlines()]
    handler.setStream(standard or sys.stdout)


@pytest.fixture
def log_lines() -> Iterator[LogLines]:
    """What the API's functions log."""
    with written_by(log()) as lines:
        yield lines
