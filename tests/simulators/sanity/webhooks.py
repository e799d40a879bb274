"""The webhooks of Sanity: one for each published document that a transaction changes (PROVIDERS 1.8)."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.simulators.sanity.index import Document
from tests.simulators.sanity.switches import SanitySwitches
from tests.simulators.webhooks import Webhook, WebhookSender

UNPUBLISHED = ("drafts.", "versions.")
HOOK_ID = "simulatedHook"


@dataclass(frozen=True, slots=True)
class Commit:
    """A transaction that was stored: its time as text, and each document before and after it."""

    transaction_id: str
    time: str
    changes: Mapping[str, tuple[Document | None, Document | None]]


class SanityWebhooks(WebhookSender):
    """One hook on everything published, without filter and projection: the body is the document after the change, or
    before it was deleted."""

    def __init__(self, switches: Callable[[], SanitySwitches], now: Callable[[], float]) -> None:
        self._now = now
        self._current = switches
        super().__init__(switches, self._signature)

    def announce(self, commit: Commit) -> None:
        """Sends what the transaction did."""
        for document_id, (before, after) in commit.changes.items():
            if not document_id.startswith(UNPUBLISHED):
                self.send(lambda number, id=document_id, b=before, a=after: self._webhook(commit, number, id, b, a))

    def is_final(self, status: int) -> bool:
        """Taken, or dropped: only 429, 5xx and no answer are tried again."""
        return super().is_final(status) or (400 <= status < 500 and status != 429)

    def _webhook(
        self, commit: Commit, number: int, document_id: str, before: Document | None, after: Document | None
    ) -> Webhook:
        switches = self._current()
        operation = "create" if before is None else "delete" if after is None else "update"
        key = hashlib.sha256(f"{number}|{commit.transaction_id}|{document_id}".encode()).hexdigest()[:32]
        headers = {
            "user-agent": "Sanity.io webhook delivery",
            "idempotency-key": key,
            "sanity-transaction-id": commit.transaction_id,
            "sanity-transaction-time": commit.time,
            "sanity-dataset": switches.dataset,
            "sanity-document-id": document_id,
            "sanity-project-id": switches.project_id,
            "sanity-webhook-id": HOOK_ID,
            "sanity-operation": operation,
        }
        return Webhook(key, dict(after or before or {}), headers)

    def _signature(self, webhook: Webhook, body: bytes) -> dict[str, str]:
        secret = self._current().webhook_secret
        return {"sanity-webhook-signature": signature_of(secret, int(self._now() * 1000), body)} if secret else {}


def signature_of(secret: str, time_ms: int, body: bytes) -> str:
    """`t=<Unix ms>,v1=<base64url>`: HMAC-SHA256 over `time.body`, as @sanity/webhook verifies."""
    mac = hmac.digest(secret.encode(), f"{time_ms}.".encode() + body, hashlib.sha256)
    return f"t={time_ms},v1={base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
