"""One worker's process: sends contacts to the Loops simulator as fast as the shared limiter lets it.

It gets its orders as JSON in its first line of input, says when it is ready, begins with the second line, and prints
what it did.
"""

import json
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3

from integrations.providers.addresses import parse_origin
from integrations.providers.calls import ServiceCall
from integrations.providers.connection import ConnectionSettings
from integrations.providers.http import ServiceClient
from integrations.providers.pacing import RateLimit
from integrations.providers.shared_pacer import SharedPacers, Timing
from integrations.storage.budgets import BudgetStore
from integrations.storage.table import Table

REQUESTS = RateLimit("loops-requests", calls=10, window_seconds=1.0)
HOLDER = "ab" * 32
THREADS = 4


class CallCounter:
    """A meter that counts the table's calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, operation: str, *, read_units: float = 0, write_units: float = 0) -> None:
        self.calls += 1


def connected(orders: dict[str, Any], counter: CallCounter) -> ServiceClient:
    access = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "eu-central-1"}
    dynamodb: Any = boto3.client("dynamodb", endpoint_url=orders["endpoint"], **access)
    pacers = SharedPacers(BudgetStore(Table(dynamodb, orders["table"], meter=counter)), Timing())
    listed = (orders["url"].removeprefix("http://"),)
    settings = ConnectionSettings(listed_addresses=listed, pacer=pacers.of(HOLDER))
    headers = {"Authorization": f"Bearer {orders['key']}"}
    return ServiceClient("Loops", parse_origin(orders["url"]), ("app.loops.so",), settings, headers=headers)


def send(client: ServiceClient, name: str) -> int:
    body = json.dumps({"email": f"{name}@example.com", "userId": name}).encode()
    headers = {"Content-Type": "application/json"}
    call = ServiceCall("upsert", "PUT", "/api/v1/contacts/update", body, headers, limits=(REQUESTS,))
    answer = client.send(call, time.monotonic() + 60)
    allowed, left = answer.headers.get("x-ratelimit-limit"), answer.headers.get("x-ratelimit-remaining")
    if allowed and left:
        client.learn(REQUESTS, calls=int(allowed), remaining=int(left))
    return answer.status


def main() -> None:
    orders = json.loads(sys.stdin.readline())
    counter = CallCounter()
    client = connected(orders, counter)
    print("ready", flush=True)
    sys.stdin.readline()
    begin = time.monotonic()
    names = [f"{orders['name']}-{number}" for number in range(orders["contacts"])]
    with ThreadPoolExecutor(THREADS) as pool:
        statuses = Counter(pool.map(lambda name: send(client, name), names))
    seconds = time.monotonic() - begin
    print(json.dumps({"statuses": statuses, "seconds": seconds, "tableCalls": counter.calls}), flush=True)


if __name__ == "__main__":
    main()
