"""Faults on order: which requests they hit, and what they do to them.

Kinds, each hitting `count` matching requests (None: all) from the `nth` on:
- `latency`: waits `delayMs`, then handles the request as usual, even if the client has given up meanwhile.
- `hang_before`, `hang_after`: waits `delayMs`, then resets the connection; the request is handled only with `_after`.
- `reset_before`, `reset_after`: resets the connection; with `_after` the request was handled (a lost acknowledgement).
- `reset_mid_body`, `truncated_body`: handled, but the connection is reset, or closed, half-way through the body.
- `malformed_json`: handled, but the answer's body isn't JSON.
- `status`: answers `status` in the service's own form, with Retry-After if asked for; handled first if `applied`.
  `reason` chooses among a service's errors of one status, where the service knows several (`refusal_for`).
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from tests.simulators.exchange import Request
from tests.simulators.switches import camel_case

BEFORE_HANDLING = frozenset({"hang_before", "reset_before"})
AFTER_HANDLING = frozenset({"hang_after", "reset_after", "reset_mid_body", "truncated_body", "malformed_json"})
KINDS = BEFORE_HANDLING | AFTER_HANDLING | {"latency", "status"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One order. `method`, `path` and `body` say which requests match: the two last are contained somewhere."""

    kind: str
    count: int | None = 1
    nth: int = 1
    method: str = ""
    path: str = ""
    body: str = ""
    delay_ms: int = 0
    status: int = 500
    reason: str = ""
    applied: bool = False
    retry_after_seconds: int | None = None
    retry_after_form: str = "seconds"

    def matches(self, request: Request) -> bool:
        """Whether the request is one of those that this fault counts."""
        return (
            self.method in ("", request.method)
            and self.path in request.raw_path
            and (not self.body or self.body.encode() in request.body)
        )


def fault_from_json(value: Any) -> Fault:
    """Reads `{"kind", "count"?, "match"?: {"method", "path", "body", "nth"}, …}`. Raises `ValueError`."""
    if not isinstance(value, Mapping):
        message = f"a fault is an object, got {value!r}"
        raise ValueError(message)
    given = {**{key: item for key, item in value.items() if key != "match"}, **value.get("match", {})}
    names = {camel_case(field.name): field.name for field in fields(Fault)}
    unknown = sorted(set(given) - set(names))
    if unknown or given.get("kind") not in KINDS:
        message = f"a fault has a kind of {sorted(KINDS)} and any of {sorted(names)}; got {dict(value)!r}"
        raise ValueError(message)
    return Fault(**{names[key]: item for key, item in given.items()})


@dataclass(slots=True)
class _Order:
    fault: Fault
    seen: int = 0

    def take(self) -> bool:
        self.seen += 1
        first = self.fault.nth
        return self.seen >= first and (self.fault.count is None or self.seen < first + self.fault.count)

    @property
    def spent(self) -> bool:
        return self.fault.count is not None and self.seen >= self.fault.nth + self.fault.count - 1


class FaultPlan:
    """The faults still to come."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[_Order] = []

    def add(self, fault: Fault) -> None:
        """Orders a fault; it counts matching requests from now on."""
        with self._lock:
            self._orders.append(_Order(fault))

    def take(self, request: Request) -> list[Fault]:
        """The faults that hit this request, in the order they were asked for."""
        with self._lock:
            taken = [order.fault for order in self._orders if order.fault.matches(request) and order.take()]
            self._orders = [order for order in self._orders if not order.spent]
        return taken

    def clear(self) -> None:
        """Drops every fault."""
        with self._lock:
            self._orders.clear()

    def describe(self) -> list[dict[str, Any]]:
        """The faults still to come, with the matching requests seen so far."""
        with self._lock:
            return [
                {camel_case(name.name): getattr(order.fault, name.name) for name in fields(Fault)}
                | {"seen": order.seen}
                for order in self._orders
            ]
