"""Webhooks of PostHog: the destination "HTTP Webhook" of its data pipelines (https://posthog.com/docs/cdp/destinations).

They are not signed. The destination's headers can be set, so it sends the secret in one, `X-Webhook-Secret`; the body
is the destination's default, `{"event": {…}, "person": {…}}`.
"""

import hashlib
import hmac
from typing import Any

from integrations.domain.integration import Integration
from integrations.providers.posthog.records import EVENT_PREFIX, OUR_LIBRARY, PERSON
from integrations.providers.webhooks import Delivery, WebhookReader

SECRET_HEADER = "x-webhook-secret"


def _delivery_id(delivery: Delivery, secret: str, now_ms: int) -> str | None:
    """Without a signature there is no time to trust; what is sent again is known by the event's id."""
    given = delivery.headers.get(SECRET_HEADER, "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()):
        return None
    event_id = _event(delivery).get("uuid")
    return event_id if isinstance(event_id, str) and event_id else hashlib.sha256(delivery.body).hexdigest()


def _named(delivery: Delivery, integration: Integration) -> tuple[str, ...]:
    """The event, if its name is mapped and it isn't one of ours, and the person behind it, if persons are."""
    event, mapped = _event(delivery), integration.entity_types.values()
    properties = event.get("properties")
    is_ours = isinstance(properties, dict) and properties.get("$lib") == OUR_LIBRARY
    named = []
    if f"{EVENT_PREFIX}{event.get('event')}" in mapped and not is_ours:
        named.append(event.get("uuid"))
    if PERSON in mapped:
        named.append(event.get("distinct_id"))
    return tuple(each for each in named if isinstance(each, str) and each)


def _event(delivery: Delivery) -> dict[str, Any]:
    event = delivery.document().get("event")
    return event if isinstance(event, dict) else {}


READER = WebhookReader(_delivery_id, _named)
