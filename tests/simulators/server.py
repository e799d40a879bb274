"""The HTTP loop all simulators share: keep-alive, body limits, faults, the request log, the admin routes."""

import socket
import struct
import sys
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tests.simulators.admin import ADMIN_PREFIX, Admin
from tests.simulators.delivery import Delivery, Ending, deliver
from tests.simulators.exchange import Answer, Request, json_answer
from tests.simulators.faults import FaultPlan
from tests.simulators.request_log import RequestLog
from tests.simulators.service import Service

BODY_BYTES_MAXIMUM = 200_000_000
IDLE_SECONDS = 300
ABORT_ON_CLOSE = struct.pack("ii", 1, 0)


class SimulatorServer(ThreadingHTTPServer):
    """Serves one service on 127.0.0.1, a thread per connection."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, service: Service, port: int) -> None:
        super().__init__(("127.0.0.1", port), ExchangeHandler)
        self.service = service
        self.faults = FaultPlan()
        self.log = RequestLog()
        self.admin = Admin(service, self.faults, self.log)
        self._aborted: set[socket.socket] = set()

    @property
    def url(self) -> str:
        """The address it listens on, without a slash at the end."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def abort(self, connection: socket.socket) -> None:
        """Has the connection end in a reset instead of an orderly close."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT_ON_CLOSE)
        self._aborted.add(connection)

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        """Closes a connection; an aborted one without the orderly shutdown that would come before its reset."""
        if request in self._aborted:
            self._aborted.discard(request)
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Stays silent when a client hangs up; anything else is printed."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            traceback.print_exc()


class ExchangeHandler(BaseHTTPRequestHandler):
    """Reads one request after another from a connection and sends each its answer."""

    server: SimulatorServer
    protocol_version = "HTTP/1.1"
    server_version = "simulator"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = 65_536
    timeout = IDLE_SECONDS

    def handle_one_exchange(self) -> None:
        """Reads the body, answers, logs."""
        request = self._read_request()
        if request is None:
            return
        if request.raw_path.startswith(ADMIN_PREFIX):
            self._send(Delivery(self.server.admin.answer(request)))
            return
        entry = self.server.log.arrival(request, self.server.service.describe(request))
        faults = self.server.faults.take(request)
        entry["faults"] = [fault.kind for fault in faults]
        try:
            delivery = deliver(self.server.service, request, faults)
        except Exception:  # noqa: BLE001 - a fault of the simulator must reach the test as a 500, not as silence
            traceback.print_exc()
            delivery = Delivery(self.server.service.refusal(500))
            entry["failure"] = traceback.format_exc(limit=-3)
        entry["milliseconds"] = round((time.time() - request.arrived_at) * 1000, 3)
        entry["status"] = None if delivery.ending is Ending.RESET else delivery.answer.status
        self._send(delivery)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_one_exchange  # noqa: N815

    def log_message(self, format: str, *arguments: object) -> None:
        """Prints nothing: the request log is read over the admin routes."""

    def _read_request(self) -> Request | None:
        arrived_at = time.time()
        length = self.headers.get("content-length", "0")
        encoding = self.headers.get("content-encoding")
        is_encoded = encoding is not None and encoding not in getattr(self.server.service, "content_encodings", ())
        if "transfer-encoding" in self.headers or is_encoded or not length.isdigit():
            self._refuse(411, "The simulator takes bodies with a Content-Length only, and no such encodings")
            return None
        if int(length) > BODY_BYTES_MAXIMUM:
            self._refuse(413, f"The simulator takes bodies up to {BODY_BYTES_MAXIMUM} bytes")
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return None
        address = urlsplit(self.path)
        return Request(
            method=self.command,
            raw_path=address.path,
            query=tuple(parse_qsl(address.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            client=self.client_address[0],
            head_bytes=len(self.requestline) + sum(len(n) + len(v) + 4 for n, v in self.headers.items()),
            arrived_at=arrived_at,
        )

    def _refuse(self, status: int, message: str) -> None:
        self.close_connection = True
        self._send(Delivery(json_answer(status, {"error": {"description": message}})))

    def _send(self, delivery: Delivery) -> None:
        if delivery.ending is not Ending.WHOLE:
            self.close_connection = True
        if delivery.ending in (Ending.RESET, Ending.RESET_MID_BODY):
            self.server.abort(self.connection)
        if delivery.ending is not Ending.RESET:
            self._write(delivery.answer, whole=delivery.ending is Ending.WHOLE)

    def _write(self, answer: Answer, *, whole: bool) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(answer.body)))
        if self.close_connection and whole:
            self.send_header("connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body if whole else answer.body[: len(answer.body) // 2])
        self.wfile.flush()
