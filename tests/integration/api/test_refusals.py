"""The shared table of refusals on the handlers: right status, code and envelope, and nothing changed."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from integrations.api.envelopes import ErrorAnswer
from integrations.runtime.api import services
from integrations.storage.table import Table
from tests.api_world import Request, World, furnish
from tests.integration.api.gateway import ROUTES, Answer, Context, authorizer_event, handler, proxy_event, request
from tests.management_refusals import OF_MANAGEMENT
from tests.refusals import OF_HANDLERS, OF_KEYS, OF_ROUTES, Refusal


@pytest.fixture(scope="module")
def world(table: Table) -> World:
    """One for all: nothing changes in it."""
    return furnish(table, "refusals")


def send(world: World, asked: Request) -> Answer:
    return request(asked.method, asked.path, world.headers(asked), asked.body)


def queued() -> int:
    """Messages in the queue."""
    attributes = boto3.client("sqs").get_queue_attributes(
        QueueUrl=services().settings.sync_queue_url, AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(attributes["Attributes"]["ApproximateNumberOfMessages"])


@pytest.mark.parametrize("refusal", [*OF_HANDLERS, *OF_MANAGEMENT], ids=lambda refusal: refusal.name[:60])
def test_a_handler_refuses_and_changes_nothing(refusal: Refusal, world: World, items: Callable[[World], list[Any]]):
    if refusal.accepted:
        assert send(world, refusal.accepted).status == 202
    before, messages = items(world), queued()

    answer = send(world, refusal.request)

    assert (answer.status, answer.code) == (refusal.status, refusal.code), answer.body
    assert answer.headers["Content-Type"] == "application/json"
    error = answer.require(ErrorAnswer).error
    assert tuple(detail.field for detail in error.details or ()) == refusal.fields
    assert "details" in answer.body["error"] or refusal.code != "validation_failed"
    assert error.message
    assert error.request_id
    assert (items(world), queued()) == (before, messages)


@pytest.mark.parametrize("refusal", OF_KEYS, ids=lambda refusal: refusal.name)
def test_the_authorizer_says_the_one_word_that_makes_a_401(refusal: Refusal, world: World):
    with pytest.raises(Exception, match=r"^Unauthorized$") as raised:
        send(world, refusal.request)
    assert type(raised.value) is Exception


@pytest.mark.parametrize("refusal", OF_ROUTES, ids=lambda refusal: refusal.name)
def test_a_route_that_reaches_a_handler_by_mistake_is_not_found(refusal: Refusal, world: World):
    asked = refusal.request
    event = proxy_event(asked.method, "/{proxy+}", f"/api/v1{asked.path}", "", world.headers(asked), None)
    allowed = handler("authorize").lambda_handler(authorizer_event(event), Context())
    event["requestContext"]["authorizer"] = allowed["context"]
    for name in set(ROUTES.values()):
        answer = handler(name).lambda_handler(event, Context())
        assert answer["statusCode"] == 404
        assert '"route_not_found"' in answer["body"]
