"""The worker's role allows what the worker does, and hardly more: no partition that it never touches."""

import os
import time
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

import boto3
import pytest
from moto import mock_aws

from integrations.management.author import Author
from integrations.management.deleting import delete_integration
from integrations.providers.registry import spec_for
from integrations.storage.cancelling import CancelStore
from integrations.storage.intake import IntakeStore
from integrations.storage.integrations import IntegrationStore
from integrations.storage.management import ManagementStore
from integrations.storage.table import Table
from integrations.sync.request import SyncOrder, request_sync
from tests.benchmarks.exchange import Exchange, NobodyToWake
from tests.benchmarks.place import PROJECT, place_with_key
from tests.integration.api.accesses import Access, listed, refused, role_of

ID = "int_bench"
ENTITIES = 12
FUNCTION = "RunSyncFunction"


@pytest.fixture
def exchange(monkeypatch: pytest.MonkeyPatch) -> Iterator[Exchange]:
    """An integration with Sanity's simulator, and the worker's runtime."""
    with mock_aws(), place_with_key(boto3.client("kms").create_key()["KeyMetadata"]["Arn"]) as place:
        monkeypatch.setenv("ENTITIES_TABLE", place.entities_table)
        exchange = Exchange(place, ID, {"article": "post"})
        exchange.connect()
        exchange.write_entities(ENTITIES)
        yield exchange


@pytest.fixture
def accesses(exchange: Exchange) -> Iterator[list[Access]]:
    """What the worker asks of DynamoDB: its clients are made while this listens, all others before."""
    with listed() as found:
        assert exchange.runtime._ports
        yield found


def _order(table: Table, order: SyncOrder) -> None:
    integration = IntegrationStore(table).find(PROJECT, ID)
    assert integration
    stores = {"intake": IntakeStore(table), "wake_ups": NobodyToWake()}
    now = time.time_ns() // 1_000_000
    request_sync(integration, spec_for("sanity"), order, None, **stores, now=now, randomness=os.urandom(10))


def _work(exchange: Exchange, end: str) -> None:
    for number in range(20):
        if exchange.runtime.look(PROJECT, ID, f"worker-{number}", 300_000).end == end:
            return
    raise AssertionError(end)


def _live(exchange: Exchange) -> None:
    """All that a worker meets: both ways and all modes, failures of service and records, named ones, conflicts, the end
    of the integration."""
    table = exchange._table
    exchange.admin.add_fault("status", status=500, count=1, match={"path": "/data/mutate/"})
    for direction, mode in (("push", "full"), ("pull", "full"), ("pull", "incremental"), ("push", "resync")):
        exchange.run(direction, direction, mode, ENTITIES)  # type: ignore[arg-type]
    _order(table, SyncOrder("push", entity_ids=("e0000001", "e-nobody")))
    _work(exchange, "ended")
    exchange.admin.edit(exchange.admin.dump(type="post")[0]["_id"], set={"title": "Edited"})
    exchange.change_entities([1, 2])
    for direction in ("pull", "push"):
        _order(table, SyncOrder(direction, "full"))  # type: ignore[arg-type]
        _work(exchange, "ended")
    integration, author = IntegrationStore(table).find(PROJECT, ID), Author("key", int(time.time() * 1_000), bytes(10))
    assert integration
    delete_integration(integration, ManagementStore(table), CancelStore(table), NobodyToWake(), author)
    _work(exchange, "idle")


def test_the_role_allows_what_the_worker_does_and_nothing_else(exchange: Exchange, accesses: list[Access]):
    _live(exchange)
    assert not refused(FUNCTION, accesses)
    grants = {grant for statement in role_of(FUNCTION) for grant in _grants(statement)}
    unused = {grant for grant in grants if not any(_is_used(*grant, access) for access in accesses)}
    assert not unused


def _grants(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each action on a table with any partition, and any action with each partition."""
    actions = [each for each in _listed(statement["Action"]) if each.startswith("dynamodb:")]
    leading = statement.get("Condition", {}).get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys", ["*"])
    yield from ((action, "*") for action in actions)
    yield from (("dynamodb:*", pattern) for pattern in leading if actions)


def _is_used(action: str, partition: str, access: Access) -> bool:
    return fnmatchcase(access.action, action) and fnmatchcase(access.partition, partition)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
