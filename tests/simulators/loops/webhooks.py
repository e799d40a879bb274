"""The webhooks of Loops, as Standard Webhooks has them (PROVIDERS 4.6)."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from tests.simulators.loops.signature import signature_of
from tests.simulators.loops.switches import LoopsSwitches
from tests.simulators.webhooks import Webhook, WebhookSender


class LoopsWebhooks(WebhookSender):
    """What changes in a team."""

    def __init__(self, switches: Callable[[], LoopsSwitches], now: Callable[[], float]) -> None:
        self._now = now
        self._secret = lambda: switches().webhook_secret
        super().__init__(switches, self._headers)

    def announce(self, event: str, extra: Mapping[str, Any]) -> None:
        """Sends an event."""
        payload = {"eventName": event, "eventTime": int(self._now()), "webhookSchemaVersion": "1.0.0", **extra}
        self.send(lambda number: Webhook(_message_id(number), payload))

    def _headers(self, webhook: Webhook, body: bytes) -> dict[str, str]:
        timestamp = int(self._now())
        return {
            "webhook-id": webhook.message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature_of(self._secret(), webhook.message_id, timestamp, body),
        }


def _message_id(number: int) -> str:
    return f"msg_{hashlib.sha256(f'webhook-{number}'.encode()).hexdigest()[:27]}"
