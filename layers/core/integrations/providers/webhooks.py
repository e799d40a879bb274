"""What a service says when something changed there: who sent it, and which records it names.

Each service that sends webhooks has a module `webhook` with its `READER`. Nothing here or there calls a service.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.domain.integration import Integration

FRESH_MS = 40 * 60 * 1_000
"""How old a delivery may be, either way: Sanity goes on trying for 30 minutes."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook as it came: headers by their names in lower case, and the very bytes that were signed."""

    headers: Mapping[str, str]
    body: bytes

    def document(self) -> dict[str, Any]:
        """The body as a JSON object, empty where it is none: what is authentic is taken, whatever it says."""
        try:
            document = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return document if isinstance(document, dict) else {}


@dataclass(frozen=True, slots=True)
class WebhookReader:
    """How a service's deliveries are read.

    `delivery_id` takes the delivery, the webhook's secret and the time in Unix milliseconds: the id, the same however
    often it is delivered, or None unless the service itself sent it lately. `named` tells the external ids of the
    records that an authentic one is about, as far as the integration exchanges them.
    """

    delivery_id: Callable[[Delivery, str, int], str | None]
    named: Callable[[Delivery, Integration], tuple[str, ...]]


def is_fresh(sent_at_ms: int, now_ms: int) -> bool:
    """Whether the time is near enough; beyond it a copy of an old delivery would be taken for a new one."""
    return abs(now_ms - sent_at_ms) <= FRESH_MS
