"""Sends webhooks, one after another, from a thread of its own. What is sent and how it is signed is each service's."""

import json
import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

TIMEOUT_SECONDS = 30.0
LOOPBACK = "http://127.0.0.1:"


class WebhookSwitches(Protocol):
    """The switches of every service that sends webhooks. Without an address nothing is sent."""

    webhook_url: str
    webhook_secret: str
    webhooks_per_second: int
    webhook_attempts: int
    webhook_retry_seconds: float
    webhooks_duplicated: bool
    webhooks_held: bool


def check_webhook_url(url: str) -> None:
    """Raises `ValueError` for an address that isn't on this machine."""
    if url and not url.startswith(LOOPBACK):
        message = f"webhookUrl must start with {LOOPBACK}, got {url!r}"
        raise ValueError(message)


@dataclass(slots=True)
class Webhook:
    """A webhook, the headers that are the same at each attempt, and what each attempt was answered: a status, or 0
    without an answer."""

    message_id: str
    payload: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """`{"id", "payload", "statuses"}`."""
        return {"id": self.message_id, "payload": self.payload, "statuses": list(self.statuses)}


Signed = Callable[[Webhook, bytes], Mapping[str, str]]
"""The headers that prove a body of a webhook's, as it is sent now."""


class WebhookSender:
    """Queues what is announced while there is an address; retries what isn't answered with 2xx."""

    def __init__(self, switches: Callable[[], WebhookSwitches], signed: Signed) -> None:
        self._switches = switches
        self._signed = signed
        self._lock = threading.Lock()
        self._queue: queue.Queue[Webhook] = queue.Queue()
        self._held: list[Webhook] = []
        self._sent: list[Webhook] = []
        self._issued = 0
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._thread: threading.Thread | None = None

    def send(self, made: Callable[[int], Webhook]) -> None:
        """Sends what is made of a running number, or holds it back until `flush`; nothing without an address."""
        switches = self._switches()
        if not switches.webhook_url:
            return
        with self._lock:
            self._issued += 1
            webhook = made(self._issued)
            if switches.webhooks_held:
                self._held.append(webhook)
            else:
                self._enqueue(webhook)

    def flush(self, *, is_reversed: bool) -> int:
        """Sends what was held back, in order or the other way round; returns how many."""
        with self._lock:
            held, self._held = self._held, []
            for webhook in reversed(held) if is_reversed else held:
                self._enqueue(webhook)
            return len(held)

    def deliveries(self) -> list[dict[str, Any]]:
        """What was sent or is about to be, oldest first."""
        with self._lock:
            return [webhook.as_json() for webhook in self._sent]

    def clear(self) -> None:
        """Forgets what was sent and what is still to come."""
        with self._lock:
            self._queue, self._held, self._sent, self._issued = queue.Queue(), [], [], 0
            self._thread = None

    def is_final(self, status: int) -> bool:
        """Whether an answer ends the attempts."""
        return 200 <= status < 300

    def _enqueue(self, webhook: Webhook) -> None:
        self._sent.append(webhook)
        self._queue.put(webhook)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, args=(self._queue,), daemon=True)
            self._thread.start()

    def _work(self, webhooks: "queue.Queue[Webhook]") -> None:
        while webhooks is self._queue:
            try:
                webhook = webhooks.get(timeout=1.0)
            except queue.Empty:
                continue
            self._deliver(webhook)
            if self._switches().webhooks_duplicated:
                webhook.statuses.append(self._post(webhook))

    def _deliver(self, webhook: Webhook) -> None:
        for attempt in range(self._switches().webhook_attempts):
            if attempt:
                time.sleep(self._switches().webhook_retry_seconds * 2 ** (attempt - 1))
            status = self._post(webhook)
            webhook.statuses.append(status)
            if self.is_final(status):
                return

    def _post(self, webhook: Webhook) -> int:
        switches = self._switches()
        time.sleep(1 / switches.webhooks_per_second)
        if not switches.webhook_url:
            return 0
        body = json.dumps(webhook.payload, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"content-type": "application/json", **webhook.headers, **self._signed(webhook, body)}
        request = urllib.request.Request(switches.webhook_url, data=body, headers=headers, method="POST")
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0
