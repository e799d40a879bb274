"""Webhooks that are signed as each service signs: that operation takes no key, and counts a body by its signature."""

import json
from collections.abc import Mapping
from typing import Any

from tests.simulators.loops.signature import signature_of as signature_of_loops
from tests.simulators.sanity.webhooks import signature_of as signature_of_sanity

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OPERATION = "receive_webhook"
PROOFS = ("sanity-webhook-signature", "webhook-signature", "X-Webhook-Secret")
NAMED: Mapping[str, Mapping[str, Any]] = {
    "sanity": {"_id": "one", "_type": "article"},
    "loops": {"eventName": "contact.unsubscribed", "contactIdentity": {"id": "cm4n2", "email": "ada@example.com"}},
    "posthog": {"event": {"uuid": "01938e2c-7a54-7000-9f3a-5c1d2b9e4f60", "event": "signed up"}, "person": {}},
}
"""What each service tells of; Search Console has no webhooks."""


def delivery(service: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What schemathesis made, and something that changed."""
    return {**given, **NAMED[service]}


def proof(service: str, sent: Mapping[str, Any], delivery_id: str, now_ms: int) -> dict[str, str]:
    """The headers that show that the service sends it, as the library requests writes it down."""
    body = json.dumps(sent, allow_nan=False).encode()
    if service == "sanity":
        return {"sanity-webhook-signature": signature_of_sanity(SECRET, now_ms, body)}
    if service == "posthog":
        return {"X-Webhook-Secret": SECRET}
    signature = signature_of_loops(SECRET, delivery_id, now_ms // 1000, body)
    return {"webhook-id": delivery_id, "webhook-timestamp": str(now_ms // 1000), "webhook-signature": signature}
