"""Secrets, taken out of what a service says: services repeat what they were sent, in whatever form it reached them."""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from pydantic import SecretStr

LINE_CHARACTERS_MINIMUM = 16
"""Shorter lines of a key file could be anything."""
_SIGNED_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
"""A JWT lets in whoever has it, as long as it lives."""


def redacted(text: str, secrets: Iterable[SecretStr]) -> str:
    """The text without the secrets: as they are, percent-encoded, escaped as in JSON, or a key file's single lines;
    and without any signed token."""
    forms = {form for secret in secrets for form in _forms(secret.get_secret_value())}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "[secret]")
    return _SIGNED_TOKEN.sub("[secret]", text)


def _forms(secret: str) -> set[str]:
    lines = secret.splitlines()
    pieces = [secret, *(line for line in lines if len(lines) > 1 and len(line) >= LINE_CHARACTERS_MINIMUM)]
    forms = (
        (piece, quote(piece), quote(piece, safe=""), quote_plus(piece), json.dumps(piece)[1:-1]) for piece in pieces
    )
    return {form for each in forms for form in each if form}
