"""The admin routes below `/__sim/`: what every simulator has; a service adds its own."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from tests.simulators.exchange import Answer, MalformedJson, Request, json_answer
from tests.simulators.faults import FaultPlan, fault_from_json
from tests.simulators.request_log import RequestLog
from tests.simulators.service import AdminAction, Service

ADMIN_PREFIX = "/__sim/"


class Admin:
    """Answers admin requests, from a loopback peer only. They meet no fault and aren't logged."""

    def __init__(self, service: Service, faults: FaultPlan, log: RequestLog) -> None:
        self._service = service
        self._faults = faults
        self._log = log
        self._actions: dict[tuple[str, str], AdminAction] = {
            ("GET", "health"): self._health,
            ("GET", "config"): self._configuration,
            ("POST", "config"): self._configure,
            ("GET", "clock"): self._read_clock,
            ("POST", "clock"): self._set_clock,
            ("GET", "faults"): self._list_faults,
            ("POST", "faults"): self._add_faults,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "requests"): self._list_requests,
            ("DELETE", "requests"): self._clear_requests,
            ("POST", "reset"): self._reset,
            **service.admin_actions(),
        }

    def answer(self, request: Request) -> Answer:
        """Runs the action asked for: 200 with its value, 400 with what was wrong, 403, 404."""
        if not ipaddress.ip_address(request.client).is_loopback:
            return json_answer(403, {"error": "admin routes answer loopback peers only"})
        action = self._actions.get((request.method, request.raw_path.removeprefix(ADMIN_PREFIX)))
        if action is None:
            known = sorted(f"{method} {ADMIN_PREFIX}{path}" for method, path in self._actions)
            return json_answer(404, {"error": f"no such admin route; there are {', '.join(known)}"})
        try:
            return json_answer(200, action(request))
        except (MalformedJson, ValueError, TypeError, KeyError) as error:
            return json_answer(400, {"error": f"{type(error).__name__}: {error}"})

    def _health(self, _: Request) -> dict[str, Any]:
        return {"service": self._service.name, "status": "ok"}

    def _configuration(self, _: Request) -> dict[str, Any]:
        return {"config": self._service.configuration()}

    def _configure(self, request: Request) -> dict[str, Any]:
        self._service.configure(json_object(request))
        return {"config": self._service.configuration()}

    def _read_clock(self, _: Request) -> dict[str, Any]:
        return self._service.clock.describe()

    def _set_clock(self, request: Request) -> dict[str, Any]:
        self._service.clock.adjust(json_object(request))
        return self._service.clock.describe()

    def _list_faults(self, _: Request) -> dict[str, Any]:
        return {"faults": self._faults.describe()}

    def _add_faults(self, request: Request) -> dict[str, Any]:
        for fault in [fault_from_json(value) for value in json_object(request)["faults"]]:
            self._faults.add(fault)
        return {"faults": self._faults.describe()}

    def _clear_faults(self, _: Request) -> dict[str, Any]:
        self._faults.clear()
        return {"faults": []}

    def _list_requests(self, request: Request) -> dict[str, Any]:
        entries = self._log.entries(request.parameters.get("path", ""), request.parameters.get("method", ""))
        return {"count": len(entries), "requests": entries}

    def _clear_requests(self, _: Request) -> dict[str, Any]:
        self._log.clear()
        return {"count": 0, "requests": []}

    def _reset(self, _: Request) -> dict[str, Any]:
        self._service.clock.adjust({"real": True})
        self._service.reset()
        self._faults.clear()
        self._log.clear()
        return {"config": self._service.configuration()}


def json_object(request: Request) -> Mapping[str, Any]:
    """The request's body, which must be a JSON object. Raises `ValueError`."""
    if not isinstance(request.json, dict):
        message = "the body must be a JSON object"
        raise ValueError(message)
    return request.json
