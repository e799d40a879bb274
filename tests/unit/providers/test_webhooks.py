"""Who sent a webhook, and which records it names."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

import pytest

from integrations.domain.field_mapping import FieldMapping
from integrations.domain.integration import Integration
from integrations.providers.registry import webhook_reader_for
from integrations.providers.webhooks import FRESH_MS, Delivery, WebhookReader

SANITY_TIME = 1_700_000_000_000
SANITY = Delivery(
    {"sanity-webhook-signature": f"t={SANITY_TIME},v1=wIapmXbeBmAOWEbSLNkkP29nXB52g-5ljIEjiPxvpLo"},
    b'{"_id":"a","_type":"post"}',
)
LOOPS_TIME, LOOPS_SECRET = 1_734_425_918_000, "whsec_bG9vcHMtdGVzdC1zaWduaW5nLWtleS0zMmJ5dGVzISE="
LOOPS_ID = "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj"
LOOPS = Delivery(
    {
        "webhook-id": LOOPS_ID,
        "webhook-timestamp": "1734425918",
        "webhook-signature": "v1,YaOPCezcL/PCOQwwm9aH0AxA8gYOy2RAXWvu4UutBfU=",
    },
    b'{"eventName":"testing.testEvent","eventTime":1734425918,"message":"test","webhookSchemaVersion":"1.0.0"}',
)
EVENT = {"uuid": "0190-uuid", "event": "signed_up", "distinct_id": "u1", "properties": {"plan": "pro"}}


def reader(service: str) -> WebhookReader:
    found = webhook_reader_for(service)
    assert found is not None
    return found


def connected(service: str, types: dict[str, str], targets: tuple[str, ...] = (), **config: Any) -> Integration:
    mappings = tuple(FieldMapping(f"fields.{target}", target) for target in targets)
    return Integration("p", "i", service, "S", "active", {"entityTypes": types, **config}, mappings, 0, 0)


def changed(delivery: Delivery, **headers: str) -> Delivery:
    return replace(delivery, headers={**delivery.headers, **{name.replace("_", "-"): v for name, v in headers.items()}})


def posthog(event: object = EVENT, secret: str = "s3cr3t") -> Delivery:
    return Delivery({"x-webhook-secret": secret}, json.dumps({"event": event, "person": {"id": "p1"}}).encode())


def test_a_service_without_webhooks_has_no_reader():
    assert webhook_reader_for("google_search_console") is None


@pytest.mark.parametrize(
    ("service", "delivery", "secret", "time", "id"),
    [
        ("sanity", changed(SANITY, idempotency_key="key-1"), "s3cr3t", SANITY_TIME, "key-1"),
        ("sanity", SANITY, "s3cr3t", SANITY_TIME, SANITY.headers["sanity-webhook-signature"]),
        ("loops", LOOPS, LOOPS_SECRET, LOOPS_TIME, LOOPS_ID),
        ("posthog", posthog(), "s3cr3t", 0, "0190-uuid"),
    ],
)
def test_what_the_service_sent_is_known_by_its_id(service: str, delivery: Delivery, secret: str, time: int, id: str):
    assert reader(service).delivery_id(delivery, secret, time) == id


@pytest.mark.parametrize(
    ("service", "delivery", "secret", "time"),
    [("sanity", SANITY, "s3cr3t", SANITY_TIME), ("loops", LOOPS, LOOPS_SECRET, LOOPS_TIME)],
)
def test_a_changed_body_another_secret_or_an_old_time_is_not_the_services(
    service: str, delivery: Delivery, secret: str, time: int
):
    taken = reader(service).delivery_id
    assert taken(delivery, secret, time + FRESH_MS) and taken(delivery, secret, time - FRESH_MS)
    assert taken(replace(delivery, body=delivery.body + b" "), secret, time) is None
    assert taken(delivery, "whsec_YW5vdGhlcg==", time) is None
    assert taken(delivery, secret, time + FRESH_MS + 1_000) is None
    assert taken(delivery, secret, time - FRESH_MS - 1_000) is None
    assert taken(replace(delivery, headers={}), secret, time) is None


@pytest.mark.parametrize("signature", ["", "t=1,v1=", "v1=abc", f"t={SANITY_TIME},v1=ü", f"t={'9' * 400},v1=abc"])
def test_sanitys_signature_has_one_form(signature: str):
    assert (
        reader("sanity").delivery_id(changed(SANITY, sanity_webhook_signature=signature), "s3cr3t", SANITY_TIME) is None
    )


def test_loops_may_send_several_signatures():
    both = changed(LOOPS, webhook_signature=f"v1,AAAA v2,ü {LOOPS.headers['webhook-signature']}")
    assert reader("loops").delivery_id(both, LOOPS_SECRET, LOOPS_TIME) == LOOPS_ID


@pytest.mark.parametrize(
    ("headers", "secret"),
    [({"webhook_timestamp": "x"}, LOOPS_SECRET), ({"webhook_timestamp": "²"}, LOOPS_SECRET), ({}, "whsec_no base64")],
)
def test_what_cant_be_read_is_not_loops(headers: dict[str, str], secret: str):
    assert reader("loops").delivery_id(changed(LOOPS, **headers), secret, LOOPS_TIME) is None


@pytest.mark.parametrize("secret", ["", "other", "s3cr3t ", "ü"])
def test_posthog_sends_the_secret_itself(secret: str):
    assert reader("posthog").delivery_id(posthog(secret=secret), "s3cr3t", 0) is None


def test_a_delivery_of_posthog_without_an_event_id_is_known_by_its_body():
    one, other = (reader("posthog").delivery_id(posthog({"n": n}), "s3cr3t", 0) for n in (1, 2))
    assert one and other and one != other


@pytest.mark.parametrize(
    ("headers", "body", "named"),
    [
        ({}, {"_id": "a", "_type": "post"}, ("a",)),
        ({"sanity-document-id": "b"}, {"title": "projected"}, ("b",)),
        ({"sanity-document-id": "b"}, {"_id": "a"}, ("b",)),
        ({}, {"_id": "drafts.a", "_type": "post"}, ()),
        ({}, {"_id": "versions.r1.a", "_type": "post"}, ()),
        ({}, {"_id": "a", "_type": "author"}, ()),
        ({"sanity-dataset": "staging"}, {"_id": "a"}, ()),
        ({"sanity-project-id": "other"}, {"_id": "a"}, ()),
        ({}, {"_id": 7}, ()),
        ({}, ["no object"], ()),
    ],
)
def test_sanity_names_the_published_document(headers: dict[str, str], body: object, named: tuple[str, ...]):
    integration = connected("sanity", {"article": "post"}, projectId="abc", dataset="production")
    assert reader("sanity").named(Delivery(headers, json.dumps(body).encode()), integration) == named


@pytest.mark.parametrize(
    ("targets", "event", "identity", "named"),
    [
        (("email",), "contact.created", {"email": "A@b.co", "userId": "u1"}, ("email=a@b.co",)),
        (("email", "userId"), "contact.deleted", {"email": "a@b.co", "userId": "u1"}, ("userId=u1",)),
        (("email", "userId"), "contact.unsubscribed", {"email": "a@b.co", "userId": None}, ("email=a@b.co",)),
        (("email",), "email.unsubscribed", {"email": "a@b.co"}, ("email=a@b.co",)),
        (("email",), "email.opened", {"email": "a@b.co"}, ()),
        (("email",), "testing.testEvent", None, ()),
        (("userId",), "contact.created", {"email": None, "userId": 7}, ()),
    ],
)
def test_loops_names_the_contact_as_the_integration_knows_it(
    targets: tuple[str, ...], event: str, identity: object, named: tuple[str, ...]
):
    body = json.dumps({"eventName": event, "contactIdentity": identity}).encode()
    assert reader("loops").named(Delivery({}, body), connected("loops", {"reader": "contact"}, targets)) == named


@pytest.mark.parametrize(
    ("types", "event", "named"),
    [
        ({"user": "person"}, EVENT, ("u1",)),
        ({"signup": "event:signed_up"}, EVENT, ("0190-uuid",)),
        ({"user": "person", "signup": "event:signed_up"}, EVENT, ("0190-uuid", "u1")),
        ({"signup": "event:signed_up"}, {**EVENT, "properties": {"$lib": "wiserows"}}, ()),
        ({"signup": "event:other"}, EVENT, ()),
        ({"page": "pageviews"}, EVENT, ()),
        ({"user": "person"}, "no object", ()),
    ],
)
def test_posthog_names_the_event_and_the_person(types: dict[str, str], event: object, named: tuple[str, ...]):
    assert reader("posthog").named(posthog(event), connected("posthog", types)) == named


def test_a_signature_is_that_of_the_bytes_and_not_of_what_they_say():
    body = '{"_id" : "ü"}'.encode()
    mac = hmac.digest(b"k", f"{SANITY_TIME}.".encode() + body, hashlib.sha256)
    signature = f"t={SANITY_TIME},v1={base64.urlsafe_b64encode(mac).decode().rstrip('=')}"
    delivery = Delivery({"sanity-webhook-signature": signature}, body)
    assert reader("sanity").delivery_id(delivery, "k", SANITY_TIME) == signature
