"""Webhooks of Loops (https://loops.so/docs/webhooks), signed as Standard Webhooks has it.

`webhook-signature` is a list of `v1,<base64 of HMAC-SHA256>` over `<webhook-id>.<webhook-timestamp>.<body>`; the key is
the secret without its prefix, decoded from base64 (https://www.standardwebhooks.com).
"""

import base64
import binascii
import hashlib
import hmac

from integrations.domain.integration import Integration
from integrations.providers.loops.contacts import EMAIL, USER_ID, Identity, external_id_of
from integrations.providers.webhooks import Delivery, WebhookReader, is_fresh

_ABOUT_CONTACTS = "contact."
_OF_MAILS = frozenset({"email.unsubscribed", "email.resubscribed", "email.hardBounced", "email.spamReported"})
"""Events of mails that change the contact; that one was sent or opened does not."""


def _delivery_id(delivery: Delivery, secret: str, now_ms: int) -> str | None:
    message_id, sent_at = (delivery.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp"))
    key = _key(secret)
    if key is None or not message_id or not _is_fresh_second(sent_at, now_ms):
        return None
    mac = hmac.digest(key, f"{message_id}.{sent_at}.".encode("utf-8", "replace") + delivery.body, hashlib.sha256)
    expected = b"v1," + base64.b64encode(mac)
    given = delivery.headers.get("webhook-signature", "").split(" ")
    matches = [hmac.compare_digest(expected, each.encode("utf-8", "replace")) for each in given]
    return message_id if any(matches) else None


def _key(secret: str) -> bytes | None:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return None


def _is_fresh_second(text: str, now_ms: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 12 and is_fresh(int(text) * 1_000, now_ms)


def _named(delivery: Delivery, integration: Integration) -> tuple[str, ...]:
    """The contact, by what the integration knows contacts by: its user id where that is mapped, else its address."""
    document = delivery.document()
    event, identity = str(document.get("eventName")), document.get("contactIdentity")
    if not isinstance(identity, dict) or not (event.startswith(_ABOUT_CONTACTS) or event in _OF_MAILS):
        return ()
    is_known_by_id = any(mapping.target == USER_ID for mapping in integration.field_mappings)
    user_id, email = _text(identity.get(USER_ID)), _text(identity.get(EMAIL))
    known = Identity(user_id if is_known_by_id else None, email)
    return (external_id_of(known),) if known.by_name() else ()


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


READER = WebhookReader(_delivery_id, _named)
