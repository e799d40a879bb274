"""Sends webhooks, one after another, from a thread of its own (PROVIDERS 4.6)."""

import hashlib
import json
import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulators.loops.signature import signature_of
from tests.simulators.loops.switches import LoopsSwitches

TIMEOUT_SECONDS = 5.0


@dataclass(slots=True)
class Delivery:
    """A webhook and what each attempt was answered: a status, or 0 without an answer."""

    message_id: str
    payload: dict[str, Any]
    statuses: list[int] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """`{"id", "payload", "statuses"}`."""
        return {"id": self.message_id, "payload": self.payload, "statuses": list(self.statuses)}


class WebhookSender:
    """Queues what is announced while there is an address; retries what isn't answered with 2xx."""

    def __init__(self, switches: Callable[[], LoopsSwitches], now: Callable[[], float]) -> None:
        self._switches = switches
        self._now = now
        self._lock = threading.Lock()
        self._queue: queue.Queue[Delivery] = queue.Queue()
        self._held: list[Delivery] = []
        self._sent: list[Delivery] = []
        self._issued = 0
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._thread: threading.Thread | None = None

    def announce(self, event: str, extra: Mapping[str, Any]) -> None:
        """Sends an event, or holds it back until `flush`; nothing without an address."""
        switches = self._switches()
        if not switches.webhook_url:
            return
        payload = {"eventName": event, "eventTime": int(self._now()), "webhookSchemaVersion": "1.0.0", **extra}
        with self._lock:
            self._issued += 1
            digest = hashlib.sha256(f"webhook-{self._issued}".encode()).hexdigest()
            delivery = Delivery(f"msg_{digest[:27]}", payload)
            if switches.webhooks_held:
                self._held.append(delivery)
            else:
                self._enqueue(delivery)

    def flush(self, *, is_reversed: bool) -> int:
        """Sends what was held back, in order or the other way round; returns how many."""
        with self._lock:
            held, self._held = self._held, []
            for delivery in reversed(held) if is_reversed else held:
                self._enqueue(delivery)
            return len(held)

    def deliveries(self) -> list[dict[str, Any]]:
        """What was sent or is about to be, oldest first."""
        with self._lock:
            return [delivery.as_json() for delivery in self._sent]

    def clear(self) -> None:
        """Forgets what was sent and what is still to come."""
        with self._lock:
            self._queue, self._held, self._sent, self._issued = queue.Queue(), [], [], 0
            self._thread = None

    def _enqueue(self, delivery: Delivery) -> None:
        self._sent.append(delivery)
        self._queue.put(delivery)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, args=(self._queue,), daemon=True)
            self._thread.start()

    def _work(self, deliveries: "queue.Queue[Delivery]") -> None:
        while deliveries is self._queue:
            try:
                delivery = deliveries.get(timeout=1.0)
            except queue.Empty:
                continue
            self._deliver(delivery)
            if self._switches().webhooks_duplicated:
                delivery.statuses.append(self._post(delivery))

    def _deliver(self, delivery: Delivery) -> None:
        for attempt in range(self._switches().webhook_attempts):
            if attempt:
                time.sleep(self._switches().webhook_retry_seconds * 2 ** (attempt - 1))
            status = self._post(delivery)
            delivery.statuses.append(status)
            if 200 <= status < 300:
                return

    def _post(self, delivery: Delivery) -> int:
        switches = self._switches()
        time.sleep(1 / switches.webhooks_per_second)
        if not switches.webhook_url:
            return 0
        body = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":")).encode()
        timestamp = int(self._now())
        headers = {
            "content-type": "application/json",
            "webhook-id": delivery.message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature_of(switches.webhook_secret, delivery.message_id, timestamp, body),
        }
        request = urllib.request.Request(switches.webhook_url, data=body, headers=headers, method="POST")
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0
