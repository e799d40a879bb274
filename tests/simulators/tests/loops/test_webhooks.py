"""Webhooks: which are sent, how they are signed, again and twice and the other way round."""

import json
import time
from collections.abc import Iterator

import pytest

from tests.simulators.admin_client import AdminClient
from tests.simulators.loops.signature import signature_of
from tests.simulators.tests.loops.loops_calls import LoopsCalls
from tests.simulators.tests.receiver import WAIT_SECONDS, Receiver, receiving

SECRET = "whsec_bG9vcHMtdGVzdC1zaWduaW5nLWtleS0zMmJ5dGVzISE="


@pytest.fixture
def receiver(admin: AdminClient) -> Iterator[Receiver]:
    with receiving(admin) as kept:
        yield kept


def test_a_signature_is_that_of_the_published_vector() -> None:
    body = b'{"eventName":"testing.testEvent","eventTime":1734425918,"message":"test","webhookSchemaVersion":"1.0.0"}'
    signature = signature_of(SECRET, "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj", 1734425918, body)
    assert signature == "v1,YaOPCezcL/PCOQwwm9aH0AxA8gYOy2RAXWvu4UutBfU="


def test_what_happens_to_contacts_is_announced_but_no_change_of_their_properties(
    calls: LoopsCalls, admin: AdminClient, receiver: Receiver
) -> None:
    contact_id = calls.create("a@b.co", plan="pro").json()["id"]
    calls.update(email="a@b.co", plan="free", mailingLists={"l1": True})
    admin.edit("a@b.co", set={"subscribed": False, "mailingLists": {"l1": False}})
    admin.delete("a@b.co")
    payloads = receiver.payloads(6)
    assert [payload["eventName"] for payload in payloads] == [
        "contact.created",
        "contact.mailingList.subscribed",
        "contact.unsubscribed",
        "contact.mailingList.unsubscribed",
        "contact.unsubscribed",
        "contact.deleted",
    ]
    assert {json.dumps(payload["contactIdentity"]) for payload in payloads} == {
        json.dumps({"id": contact_id, "email": "a@b.co", "userId": None})
    }
    assert payloads[0]["contact"]["plan"] == "pro"
    assert payloads[1]["mailingList"]["name"] == "News"
    assert {payload["webhookSchemaVersion"] for payload in payloads} == {"1.0.0"}


def test_a_webhook_is_signed_over_the_bytes_that_are_sent(admin: AdminClient, receiver: Receiver) -> None:
    admin.call("POST", "webhooks/test", {})
    (payload,) = receiver.payloads(1)
    assert (payload["eventName"], payload["message"]) == ("testing.testEvent", "test")
    headers, body = receiver.received[0]
    timestamp = int(headers["webhook-timestamp"])
    assert abs(timestamp - time.time()) < 10
    assert headers["webhook-signature"] == signature_of(SECRET, headers["webhook-id"], timestamp, body)


def test_a_webhook_is_sent_again_under_its_id_until_it_is_taken(admin: AdminClient, receiver: Receiver) -> None:
    receiver.statuses = [500, 404]
    admin.call("POST", "webhooks/test", {})
    receiver.payloads(3)
    assert len({headers["webhook-id"] for headers, _ in receiver.received}) == 1
    until = time.monotonic() + WAIT_SECONDS
    while len(admin.call("GET", "webhooks")["webhooks"][0]["statuses"]) < 3 and time.monotonic() < until:
        time.sleep(0.005)
    assert admin.call("GET", "webhooks")["webhooks"][0]["statuses"] == [500, 404, 200]


def test_a_webhook_comes_twice_if_switched(admin: AdminClient, receiver: Receiver) -> None:
    admin.configure(webhooksDuplicated=True)
    admin.call("POST", "webhooks/test", {})
    receiver.payloads(2)
    assert len({headers["webhook-id"] for headers, _ in receiver.received}) == 1


def test_webhooks_held_back_go_in_the_order_that_is_asked_for(
    calls: LoopsCalls, admin: AdminClient, receiver: Receiver
) -> None:
    admin.configure(webhooksHeld=True)
    calls.create("a@b.co")
    calls.delete(email="a@b.co")
    assert receiver.received == []
    assert admin.call("POST", "webhooks/flush", {"reverse": True}) == {"sent": 3}
    names = [payload["eventName"] for payload in receiver.payloads(3)]
    assert names == ["contact.deleted", "contact.unsubscribed", "contact.created"]
