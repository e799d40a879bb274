"""Cursors of paged lists: opaque to clients, and of no use once altered or taken elsewhere."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

from integrations.domain.errors import ValidationFailed

SEAL_BYTES = 16


def seal_cursor(place: str, context: str, secret: bytes) -> str:
    """`place` is where the next page begins; `context` names the list (project, filters) that it belongs to."""
    seal = hmac.digest(secret, f"{context}\0{place}".encode(), hashlib.sha256)[:SEAL_BYTES]
    return urlsafe_b64encode(seal + place.encode()).decode().rstrip("=")


def open_cursor(cursor: str, context: str, secret: bytes) -> str:
    """The place. Raises `ValidationFailed` for anything that `seal_cursor` didn't make for this very list."""
    try:
        place = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))[SEAL_BYTES:].decode()
        genuine = hmac.compare_digest(seal_cursor(place, context, secret).encode(), cursor.encode())
    except ValueError:
        genuine = False
    if not genuine:
        hint = "is not a cursor of this list; take meta.nextCursor of a page with the same project and filters"
        raise ValidationFailed(f"cursor {hint}", (("cursor", hint),))
    return place
