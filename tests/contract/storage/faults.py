"""A client between the stores and DynamoDB that lets something happen just then."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ReadTimeoutError

Call = Callable[..., dict[str, Any]]
Fault = Callable[[Call, dict[str, Any]], dict[str, Any]]


class FaultyClient:
    """Passes every call on; those with a fault go through it, one fault a call, in their order."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._faults: defaultdict[str, list[Fault]] = defaultdict(list)
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def inject(self, operation: str, *faults: Fault) -> None:
        """The next calls of `operation` go through the faults."""
        self._faults[operation] += faults

    def __getattr__(self, operation: str) -> Call:
        call = getattr(self._client, operation)

        def through(**parameters: Any) -> dict[str, Any]:
            self.calls.append((operation, parameters))
            fault = self._faults[operation].pop(0) if self._faults[operation] else None
            return fault(call, parameters) if fault else call(**parameters)

        return through


def lost_acknowledgement(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    """The call is carried out, and nobody hears of it."""
    call(**parameters)
    raise ReadTimeoutError(endpoint_url="https://dynamodb.test")


def unanswered(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    """The call never arrives."""
    raise ReadTimeoutError(endpoint_url="https://dynamodb.test")


def first(happening: Callable[[], object]) -> Fault:
    """Something happens just before the call is carried out."""

    def fault(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
        happening()
        return call(**parameters)

    return fault


def all_but_one_unprocessed(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    """Only the first of a batch of writes is carried out."""
    ((table, requests),) = parameters["RequestItems"].items()
    return call(RequestItems={table: requests[:1]}) | {
        "UnprocessedItems": {table: requests[1:]} if requests[1:] else {}
    }


def unprocessed(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    """Only the first half of a batch is carried out; none of a batch of one."""
    ((table, requests),) = parameters["RequestItems"].items()
    if isinstance(requests, dict):
        keys = requests["Keys"]
        half, rest = keys[: len(keys) // 2], keys[len(keys) // 2 :]
        answer = call(RequestItems={table: {**requests, "Keys": half}}) if half else {"Responses": {}}
        return answer | {"UnprocessedKeys": {table: {**requests, "Keys": rest}}}
    half, rest = requests[: len(requests) // 2], requests[len(requests) // 2 :]
    answer = call(RequestItems={table: half}) if half else {}
    return answer | {"UnprocessedItems": {table: rest}}
