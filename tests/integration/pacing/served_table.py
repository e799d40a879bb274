"""IntegrationsTable for several processes: moto behind a port that speaks DynamoDB's protocol."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

from tests.contract.storage.tables import create_table, table_definitions


class _Handler(BaseHTTPRequestHandler):
    """One operation after the other, as conditions on an item ask for."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    client: Any
    lock: threading.Lock

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = self.headers["X-Amz-Target"].partition(".")[2]
        try:
            with self.lock:
                status, answer = 200, self.client._make_api_call(operation, body)
        except ClientError as error:
            status, answer = 400, {**error.response, "__type": error.response["Error"]["Code"]}
        content = json.dumps({name: value for name, value in answer.items() if name != "ResponseMetadata"}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def served_table() -> Iterator[tuple[str, str]]:
    """The endpoint and the table's name."""
    with mock_aws():
        access = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        client: Any = boto3.client("dynamodb", region_name="eu-central-1", **access)
        name = create_table(client, *table_definitions("IntegrationsTable"))
        handler = type("Handler", (_Handler,), {"client": client, "lock": threading.Lock()})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", name
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
