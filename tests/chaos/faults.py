"""Orders faults of the simulators, and counts those that hit a request."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType
from typing import Any

from tests.chaos.spared import Spared
from tests.chaos.tally import FAULT_KINDS, LOST_ACKNOWLEDGEMENT, SERVICES, Tally
from tests.e2e.platform import Platform
from tests.e2e.simulators import Simulator

HANG_MS = 2_500
"""Longer than the local environment's ServiceTimeoutSeconds."""
ORDERED_AT_ONCE = 3
GAP_MAXIMUM = 2
WAITED_FOR = ("truncated body", "malformed body")
AHEAD = 3
"""A job waits a minute after each of those: they come some hits before the others, so that it is over by the end."""

_ORDERS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "reset before": {"kind": "reset_before"},
        "reset after": {"kind": "reset_after"},
        "reset mid-body": {"kind": "reset_mid_body"},
        LOST_ACKNOWLEDGEMENT: {"kind": "reset_after"},
        "hang": {"kind": "hang_before", "delayMs": HANG_MS},
        "429 with Retry-After": {"kind": "status", "status": 429, "retryAfterSeconds": 1},
        "429 without": {"kind": "status", "status": 429},
        "500": {"kind": "status", "status": 500},
        "503": {"kind": "status", "status": 503},
        "truncated body": {"kind": "truncated_body"},
        "malformed body": {"kind": "malformed_json"},
    }
)
_READING = tuple(kind for kind in FAULT_KINDS if kind != LOST_ACKNOWLEDGEMENT)
_WRITING = tuple(kind for kind in FAULT_KINDS if kind != "reset after")


@dataclass(slots=True)
class Gate:
    """Requests of one sort, by method and part of the path. Faults wait at it one behind the other, each for a request
    of its own, so that none hides another."""

    simulator: Simulator
    service: str
    method: str
    path: str
    kinds: tuple[str, ...]
    waiting: list[str] = field(default_factory=list)

    def settle(self, to_come: list[Mapping[str, Any]], tally: Tally) -> None:
        """Counts what isn't among the faults to come any more: it has hit."""
        left = Counter(
            _name(fault) for fault in to_come if (fault["method"], fault["path"]) == (self.method, self.path)
        )
        still = []
        for kind in reversed(self.waiting):
            name = _name(_ORDERS[kind])
            if left[name]:
                left[name] -= 1
                still.append(kind)
            else:
                tally.add(kind, self.service)
        self.waiting = still[::-1]

    def order(self, kinds: list[str], random: Random) -> None:
        """Has these hit, in this order, requests that are to come."""
        faults, nth = [], 0
        for kind in kinds:
            nth += random.randint(1, GAP_MAXIMUM)
            match = {"method": self.method, "path": self.path, "nth": nth}
            faults.append({**_ORDERS[kind], "match": match})
        self.simulator.admin("POST", "faults", {"faults": faults})
        self.waiting = kinds


class Faults:
    """All gates of all services."""

    def __init__(self, platform: Platform, spared: Spared, tally: Tally, random: Random) -> None:
        self._spared = spared
        self._tally = tally
        self._random = random
        self._simulators = {service: platform.simulator(service) for service in SERVICES}
        self._gates = {service: _gates(service, simulator) for service, simulator in self._simulators.items()}

    def go_on(self) -> None:
        """Counts what has hit, and orders more where a gate is free of faults; none for a service that is spared."""
        spared = self._spared.services()
        for service, gates in self._gates.items():
            self._settle(service)
            if service in spared:
                self._take_back(service)
                continue
            for gate in gates:
                if not gate.waiting and (kinds := self._wanted(gate)):
                    gate.order(kinds, self._random)

    def end(self) -> None:
        """Takes back what hasn't hit."""
        for service in self._simulators:
            self._settle(service)
            self._take_back(service)

    def _take_back(self, service: str) -> None:
        self._simulators[service].forget_faults()
        for gate in self._gates[service]:
            gate.waiting = []

    def _settle(self, service: str) -> None:
        to_come = self._simulators[service].admin("GET", "faults")["faults"]
        for gate in self._gates[service]:
            gate.settle(to_come, self._tally)

    def _wanted(self, gate: Gate) -> list[str]:
        """Some of what lacks most. What waits at other gates may wait for long, so it doesn't count."""
        lacking = {kind: self._tally.lacks(kind, gate.service) for kind in gate.kinds}
        kinds = [kind for kind, count in lacking.items() if count > 0]
        self._random.shuffle(kinds)
        lacking |= {kind: lacking[kind] + AHEAD for kind in WAITED_FOR}
        return sorted(kinds, key=lambda kind: -lacking[kind])[: self._random.randint(1, ORDERED_AT_ONCE)]


def _gates(service: str, simulator: Simulator) -> list[Gate]:
    # PostHog names the time with each 429 of its private API; only capture may leave it open.
    named = tuple(kind for kind in _READING if kind != "429 without")
    # A 429 of a report closes the user's reports for a minute: enough of that comes from the token endpoint.
    unhurried = tuple(kind for kind in _READING if not kind.startswith("429"))
    gates = {
        "sanity": (
            ("POST", "/data/mutate/", _WRITING),
            ("GET", "/data/query/", _READING),
            ("GET", "/data/doc/", _READING),
        ),
        "google_search_console": (("POST", "/token", _READING), ("POST", "/searchAnalytics/query", unhurried)),
        "posthog": (("POST", "/batch/", _WRITING), ("GET", "/persons/", named), ("POST", "/query/", named)),
        "loops": (("PUT", "/contacts/update", _WRITING), ("GET", "/contacts/find", _READING)),
    }
    return [Gate(simulator, service, *gate) for gate in gates[service]]


def _name(fault: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        fault["kind"],
        fault.get("status", 500) if fault["kind"] == "status" else None,
        fault.get("retryAfterSeconds"),
    )
