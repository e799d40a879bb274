"""The gateway's authorizer: is this a key of ours, and whom does it serve?"""

from typing import Any

from integrations.api.authorizer import authorize
from integrations.runtime.api import services


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """A REQUEST authorizer's event in, its policy out."""
    return authorize(event, services().api_keys, services().now())
