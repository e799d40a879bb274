"""POST /api/v1/webhooks/{id}."""

import base64
import hashlib
import hmac
import json
import logging
import uuid
from typing import Any

import pytest

from integrations.domain.errors import Unavailable
from integrations.domain.job import GATHERING_MS, Job
from integrations.runtime.api import services
from integrations.storage.gathering import GatheringStore
from integrations.storage.leases import LeaseTerms
from integrations.storage.lines import LineStore
from integrations.storage.table import Table
from tests.api_world import World
from tests.integration.api.conftest import LogLines
from tests.integration.api.gateway import Answer, Context, handler, invoke, proxy_event
from tests.integration.api.managing import NEW, call, change, create, give_credentials
from tests.integration.api.test_events import event_of

SECRET = "s3cr3t"


@pytest.fixture
def site(world: World) -> str:
    """An integration with Sanity that takes webhooks."""
    id = str(create(world)["id"])
    give_credentials(world, id, token="sk", webhookSecret=SECRET)
    return id


def signed(body: bytes, secret: str = SECRET, now: int | None = None) -> str:
    time = services().now() if now is None else now
    mac = hmac.digest(secret.encode(), f"{time}.".encode() + body, hashlib.sha256)
    return f"t={time},v1={base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def deliver(id: str, document_id: str = "doc", delivery_id: str = "", **headers: str) -> Answer:
    """A webhook of Sanity's about a document."""
    body = json.dumps({"_id": document_id, "_type": "post"})
    sent = {"sanity-webhook-signature": signed(body.encode()), "idempotency-key": delivery_id or uuid.uuid4().hex}
    return post(id, body, sent | {name.replace("_", "-"): value for name, value in headers.items()})


def post(id: str, body: str, headers: dict[str, str], **event: Any) -> Answer:
    """What the gateway makes of it: nobody is asked for a key."""
    path = f"/api/v1/webhooks/{id}"
    return invoke("receive_webhook", proxy_event("POST", "/api/v1/webhooks/{id}", path, "", headers, body) | event)


def gathering(world: World, id: str, table: Table) -> Job | None:
    """The head of the line, as the worker finds it."""
    line = LineStore(table, LeaseTerms(60_000, 100))
    lease = line.acquire(world.ours, id, "test", services().now())
    assert lease is not None
    head = line.head(lease)
    line.release(lease, services().now())
    return head


def test_what_deliveries_name_is_gathered_for_one_pull(world: World, site: str, table: Table):
    for document_id in ("doc-1", "doc-2", "doc-1"):
        answer = deliver(site, document_id)
        assert (answer.status, answer.body) == (202, None)
    job = gathering(world, site, table)
    assert job is not None
    assert (job.direction, job.status, job.mode) == ("pull", "pending", "incremental")
    assert sorted(job.external_ids or ()) == ["doc-1", "doc-2"]
    assert job.not_before == job.created_at + GATHERING_MS


def test_a_delivery_that_comes_again_does_nothing(world: World, site: str, table: Table):
    assert deliver(site, "doc-1", "same").status == 202
    assert deliver(site, "doc-2", "same").status == 202
    job = gathering(world, site, table)
    assert job is not None and job.external_ids == ("doc-1",)


def test_a_delivery_that_could_not_be_kept_is_asked_for_again_and_then_taken(
    world: World, site: str, table: Table, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> str:
        raise Unavailable("DynamoDB can't be reached")

    with monkeypatch.context() as patch:
        patch.setattr(GatheringStore, "add", fail)
        assert (deliver(site, "doc-1", "same").status, gathering(world, site, table)) == (503, None)
    assert deliver(site, "doc-1", "same").status == 202
    assert gathering(world, site, table) is not None


def test_whatever_is_wrong_with_a_signature_has_the_same_answer(world: World, site: str, table: Table):
    without_secret = str(create(world)["id"])
    give_credentials(world, without_secret, token="sk")
    old = services().now() - 41 * 60 * 1_000
    body = json.dumps({"_id": "doc", "_type": "post"})
    answers = [
        deliver("int_nobodys"),
        deliver(without_secret),
        deliver("x" * 3_000),
        deliver(site, sanity_webhook_signature=signed(body.encode(), "other")),
        deliver(site, sanity_webhook_signature=signed(body.encode(), now=old)),
        deliver(site, sanity_webhook_signature="no signature"),
        post(site, body, {}),
    ]
    assert {(answer.status, answer.code) for answer in answers} == {(401, "unauthorized")}
    assert len({answer.body["error"]["message"] for answer in answers}) == 1
    assert gathering(world, site, table) is None


def test_a_signature_is_over_the_bytes_that_were_sent(site: str):
    body = '{"_id": "dök", "_type":"post"}'
    headers = {"Sanity-Webhook-Signature": signed(body.encode())}
    assert post(site, body, headers).status == 202
    encoded = base64.b64encode(body.encode()).decode()
    assert post(site, encoded, headers, isBase64Encoded=True).status == 202


def test_a_body_has_256_kib_at_most(site: str):
    for extra, status in ((0, 202), (1, 413)):
        body = '"' + "x" * (256 * 1024 - 2 + extra) + '"'
        assert post(site, body, {"sanity-webhook-signature": signed(body.encode())}).status == status


def test_an_inactive_integrations_webhooks_are_taken_and_ignored(world: World, site: str, table: Table):
    assert change(world, site, {"status": "inactive"}).status == 200
    assert deliver(site).status == 202
    assert deliver(site, sanity_webhook_signature="no signature").status == 401
    assert gathering(world, site, table) is None


def test_a_deleted_integration_and_a_changed_address_take_none(world: World, site: str):
    moved = str(create(world)["id"])
    give_credentials(world, moved, token="sk", webhookSecret=SECRET)
    elsewhere = {**NEW["config"], "apiHost": "https://api.sanity.io"}
    assert change(world, moved, {"config": elsewhere}).status == 200
    assert call(world, "DELETE", f"/integrations/{site}").status == 204
    assert (deliver(site).status, deliver(moved).status) == (401, 401)


def test_credentials_without_a_secret_end_the_webhooks(world: World, site: str):
    give_credentials(world, site, token="sk")
    assert deliver(site).status == 401


def test_nothing_of_a_delivery_is_logged(site: str, log_lines: LogLines):
    deliver(site, "secret-document")
    said = json.dumps(log_lines())
    assert "webhook taken" in said
    assert "secret-document" not in said and SECRET not in said and "v1=" not in said


def test_a_failure_of_ours_is_never_the_services_fault(
    site: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def fail(*_: object) -> Any:
        raise RuntimeError("a bug")

    caplog.set_level(logging.CRITICAL)
    monkeypatch.setattr(type(services().vault), "open", fail)
    assert deliver(site).status == 500


def test_the_event_to_try_it_with_is_signed_right(table: Table):
    event = event_of("receive_webhook")
    body, given = event["body"].encode(), event["headers"]["sanity-webhook-signature"]
    assert signed(body, now=int(given[2:].partition(",")[0])) == given
    assert handler("receive_webhook").lambda_handler(event, Context())["statusCode"] == 401
