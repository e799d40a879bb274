"""`.local/stack.json`: where everything of the running stack is, for tests and tools."""

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tools.stack import places
from tools.stack.emulator import aws_client

CONNECT_SECONDS = 2.0


class StackDown(RuntimeError):
    """There is no running stack."""


@dataclass(frozen=True, slots=True)
class StackDescription:
    """The file's content, as it is written there."""

    content: Mapping[str, Any]

    @property
    def api_url(self) -> str:
        """What stands before `/api/v1`."""
        return str(self.content["apiUrl"])

    @property
    def project_id(self) -> str:
        """The demo project."""
        return str(self.content["projectId"])

    def key(self, name: str) -> str:
        """The API key called `read`, `write`, `admin` or `free`."""
        return str(self.content["keys"][name])

    def table(self, name: str) -> str:
        """The name of the table `integrations` or `entities`."""
        return str(self.content["tables"][name])

    def client(self, service: str) -> Any:  # noqa: ANN401
        """A boto3 client of the emulator."""
        return aws_client(service, self.content["awsEndpoint"], self.content["region"])

    def simulator(self, service: str) -> Mapping[str, Any]:
        """Where a service's simulator is and how to get in."""
        found: Mapping[str, Any] = self.content["simulators"][service]
        return found


def read_description() -> StackDescription:
    """What the last `make up` wrote. Raises `StackDown`, also when what it started has ended by itself."""
    try:
        stack = StackDescription(json.loads(places.DESCRIPTION.read_text()))
        endpoint = urlsplit(stack.content["awsEndpoint"])
        socket.create_connection((endpoint.hostname, endpoint.port), CONNECT_SECONDS).close()
    except OSError:
        message = "the local stack is down; start it with `make up`"
        raise StackDown(message) from None
    return stack


def write_description(content: Mapping[str, Any]) -> None:
    """Replaces the file at once. It holds keys: nobody else may read it."""
    partial = places.DESCRIPTION.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(content, indent=2) + "\n")
    partial.replace(places.DESCRIPTION)
