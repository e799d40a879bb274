"""Where webhooks arrive."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.simulators.admin_client import AdminClient

WAIT_SECONDS = 5.0


@dataclass
class Receiver:
    """Keeps what arrives; answers the statuses in turn, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def payloads(self, count: int) -> list[dict[str, Any]]:
        """The bodies, once `count` have come."""
        until = time.monotonic() + WAIT_SECONDS
        while len(self.received) < count and time.monotonic() < until:
            time.sleep(0.005)
        assert len(self.received) == count
        return [json.loads(body) for _, body in self.received]


@contextmanager
def receiving(admin: AdminClient, **switches: Any) -> Iterator[Receiver]:
    """A receiver that the simulator's webhooks go to."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            kept.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(kept.statuses.pop(0) if kept.statuses else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Prints nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    admin.configure(webhookUrl=kept.url, webhooksPerSecond=1000, webhookRetrySeconds=0.01, **switches)
    yield kept
    admin.reset()
    server.shutdown()
    thread.join()
    server.server_close()
