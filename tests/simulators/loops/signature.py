"""Signs webhooks as Standard Webhooks has it (PROVIDERS 4.6; standardwebhooks.com)."""

import base64
import hashlib
import hmac

PREFIX = "whsec_"


def signature_of(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,<base64>`: HMAC-SHA256 over `id.timestamp.body`, `timestamp` in Unix seconds, with the decoded secret."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"
