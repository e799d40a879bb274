"""Webhooks of Sanity: one call for each changed document (https://www.sanity.io/docs/webhooks).

Signed as sanity-io/webhook-toolkit verifies: `sanity-webhook-signature: t=<Unix ms>,v1=<base64url of HMAC-SHA256>`
over `<t>.<body>`, the secret's UTF-8 bytes being the key.
"""

import base64
import hashlib
import hmac
import re

from integrations.domain.integration import Integration
from integrations.providers.sanity.document_ids import is_published
from integrations.providers.webhooks import Delivery, WebhookReader, is_fresh

_SIGNATURE = re.compile(r"t=([0-9]{1,15})[, ]+v1=([A-Za-z0-9_-]{1,100})")


def _delivery_id(delivery: Delivery, secret: str, now_ms: int) -> str | None:
    """`idempotency-key` stays the same over retries; without it the signature does for one delivery."""
    given = delivery.headers.get("sanity-webhook-signature", "").strip()
    match = _SIGNATURE.fullmatch(given)
    if match is None or not is_fresh(int(match[1]), now_ms):
        return None
    mac = hmac.digest(secret.encode(), f"{match[1]}.".encode() + delivery.body, hashlib.sha256)
    expected = base64.urlsafe_b64encode(mac).rstrip(b"=")
    if not hmac.compare_digest(expected, match[2].encode()):
        return None
    return delivery.headers.get("idempotency-key") or given


def _named(delivery: Delivery, integration: Integration) -> tuple[str, ...]:
    """The published document, if it is of this dataset and, where the body tells, of a mapped type. A hook's projection
    may leave everything out of the body, so the headers count."""
    headers, document = delivery.headers, delivery.document()
    config = integration.config
    for header, key in (("sanity-project-id", "projectId"), ("sanity-dataset", "dataset")):
        if headers.get(header, config.get(key)) != config.get(key):
            return ()
    document_type = document.get("_type")
    if isinstance(document_type, str) and document_type not in integration.entity_types.values():
        return ()
    document_id = headers.get("sanity-document-id") or document.get("_id")
    return (document_id,) if isinstance(document_id, str) and document_id and is_published(document_id) else ()


READER = WebhookReader(_delivery_id, _named)
