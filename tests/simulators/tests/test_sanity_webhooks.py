"""Sanity's webhooks: which documents are told of, how they are signed, and when they are sent again."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulators.admin_client import AdminClient, AdminError
from tests.simulators.sanity.webhooks import signature_of
from tests.simulators.tests.receiver import WAIT_SECONDS, Receiver, receiving
from tests.simulators.tests.sanity_calls import SanityCalls

SECRET = "s3cr3t"


@pytest.fixture
def receiver(admin: AdminClient) -> Iterator[Receiver]:
    with receiving(admin, webhookSecret=SECRET) as kept:
        yield kept


def told(receiver: Receiver, count: int) -> list[tuple[str, str]]:
    """Operations and ids, once so many have come."""
    receiver.payloads(count)
    return [(headers["sanity-operation"], headers["sanity-document-id"]) for headers, _ in receiver.received]


def statuses(admin: AdminClient, count: int) -> list[int]:
    """The answers to the first webhook, once there are so many and no more come."""
    until = time.monotonic() + WAIT_SECONDS
    while len(found := _statuses(admin)) < count and time.monotonic() < until:
        time.sleep(0.005)
    time.sleep(0.1)
    assert _statuses(admin) == found
    return found


def _statuses(admin: AdminClient) -> list[int]:
    webhooks: list[dict[str, Any]] = admin.call("GET", "webhooks")["webhooks"]
    return list(webhooks[0]["statuses"]) if webhooks else []


def test_a_signature_is_that_of_the_toolkits_vector() -> None:
    signature = signature_of(SECRET, 1_700_000_000_000, b'{"_id":"a","_type":"post"}')
    assert signature == "t=1700000000000,v1=wIapmXbeBmAOWEbSLNkkP29nXB52g-5ljIEjiPxvpLo"


def test_each_published_document_that_a_transaction_changes_is_told_of_once(
    calls: SanityCalls, admin: AdminClient, receiver: Receiver
) -> None:
    new = [{"create": {"_id": id, "_type": "post"}} for id in ("a", "b", "drafts.c", "versions.r.d")]
    calls.mutate(*new, {"patch": {"id": "a", "set": {"title": "A"}}})
    calls.mutate({"createIfNotExists": {"_id": "a", "_type": "post"}}, {"patch": {"id": "b", "set": {"title": "B"}}})
    admin.edit("a", set={"title": "Edited"})
    admin.delete("b")
    assert told(receiver, 5) == [("create", "a"), ("create", "b"), ("update", "b"), ("update", "a"), ("delete", "b")]
    bodies = receiver.payloads(5)
    assert (bodies[0]["title"], bodies[3]["title"], bodies[4]["title"]) == ("A", "Edited", "B")


def test_a_webhook_names_its_transaction_and_is_signed_over_its_bytes(calls: SanityCalls, receiver: Receiver) -> None:
    calls.mutate({"create": {"_id": "a", "_type": "post", "title": "ü"}})
    (payload,) = receiver.payloads(1)
    headers, body = receiver.received[0]
    assert (headers["sanity-project-id"], headers["sanity-dataset"]) == ("simproject", "production")
    assert headers["sanity-transaction-id"] == payload["_rev"]
    sent_at = int(headers["sanity-webhook-signature"][2:].partition(",")[0])
    assert abs(sent_at / 1000 - time.time()) < 10
    assert headers["sanity-webhook-signature"] == signature_of(SECRET, sent_at, body)


def test_only_what_may_pass_is_sent_again_under_its_key(
    calls: SanityCalls, admin: AdminClient, receiver: Receiver
) -> None:
    receiver.statuses = [503, 429, 202]
    calls.mutate({"create": {"_id": "a", "_type": "post"}})
    assert statuses(admin, 3) == [503, 429, 202]
    assert len({headers["idempotency-key"] for headers, _ in receiver.received}) == 1


def test_what_is_refused_is_dropped(calls: SanityCalls, admin: AdminClient, receiver: Receiver) -> None:
    receiver.statuses = [401]
    calls.mutate({"create": {"_id": "a", "_type": "post"}})
    assert statuses(admin, 1) == [401]


def test_without_an_address_nothing_is_sent_and_without_a_secret_nothing_signed(
    calls: SanityCalls, admin: AdminClient
) -> None:
    calls.mutate({"create": {"_id": "a", "_type": "post"}})
    assert admin.call("GET", "webhooks") == {"webhooks": []}
    with receiving(admin) as receiver:
        calls.mutate({"create": {"_id": "b", "_type": "post"}})
        receiver.payloads(1)
        assert "sanity-webhook-signature" not in receiver.received[0][0]
    with pytest.raises(AdminError, match="webhookUrl must start"):
        admin.configure(webhookUrl="https://example.org/hook")


def test_the_secret_is_shown_to_nobody(admin: AdminClient) -> None:
    assert admin.configure(webhookSecret="open sesame")["webhookSecret"] == "set"
