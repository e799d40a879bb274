"""The shared table of refusals over HTTP: the handlers', the authorizer's and the gateway's, all in one envelope."""

import uuid
from typing import Any

import pytest

from integrations.api.envelopes import ErrorAnswer
from integrations.storage.table import Table
from tests.api_world import Request, World, furnish
from tests.e2e.platform import Platform
from tests.management_refusals import OF_MANAGEMENT
from tests.refusals import OF_HANDLERS, OF_KEYS, OF_ROUTES, Refusal

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def world(platform: Platform) -> World:
    """Projects of this run's own, on the stack."""
    table = Table(platform.aws("dynamodb"), platform.stack["tables"]["integrations"])
    return furnish(table, f"refusals-{uuid.uuid4().hex[:12]}")


def send(platform: Platform, world: World, asked: Request) -> Any:
    """The answer."""
    return platform.http.request(asked.method, f"/api/v1{asked.path}", headers=world.headers(asked), content=asked.body)


def stored(platform: Platform, world: World) -> set[tuple[str, str]]:
    """What there is of the world's first project; workers may be at it, so not how it is."""
    dynamodb, found = platform.aws("dynamodb"), []
    for partition in ("PROJECT#{}", "JOBS#{}", "LINES#{}", "IDEMPOTENCY#{}#int_active"):
        found += dynamodb.query(
            TableName=platform.stack["tables"]["integrations"],
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": partition.format(world.ours)}},
        )["Items"]
    return {(item["pk"]["S"], item["sk"]["S"]) for item in found}


@pytest.mark.parametrize(
    "refusal", [*OF_HANDLERS, *OF_MANAGEMENT, *OF_KEYS, *OF_ROUTES], ids=lambda refusal: refusal.name[:60]
)
def test_a_refusal_comes_in_the_envelope_and_stores_nothing(refusal: Refusal, platform: Platform, world: World):
    if refusal.accepted:
        assert send(platform, world, refusal.accepted).status_code == 202
    before = stored(platform, world)

    answer = send(platform, world, refusal.request)

    assert answer.headers["Content-Type"].startswith("application/json"), answer.text
    assert (answer.status_code, answer.json()["error"]["code"]) == (refusal.status, refusal.code), answer.text
    error = ErrorAnswer.model_validate(answer.json()).error
    assert error.message
    assert error.request_id
    assert tuple(detail.field for detail in error.details or ()) == refusal.fields
    assert stored(platform, world) == before
