"""The simulated services of the local stack, each a process of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from integrations.providers.registry import service_types
from tests.simulators.local import PACKAGE, LocalService, local_service
from tests.simulators.process import start_simulator
from tools.stack import places
from tools.stack.own_pages import own_pages
from tools.stack.processes import Background


@dataclass(frozen=True, slots=True)
class LocalSimulator:
    """A running simulator: where it is, and the keys that open it."""

    service: str
    pid: int
    url: str
    admin_url: str
    secrets: Mapping[str, Any]

    @property
    def process(self) -> Background:
        """The process behind it."""
        return Background(self.pid, f"{PACKAGE}.{self.service} ")

    @property
    def address(self) -> str:
        """host:port, which the deployment has to list."""
        return urlsplit(self.url).netloc


def simulated_services() -> dict[str, LocalService]:
    """The services of the registry, but for those whose simulator has no place on the local stack."""
    found = {service: local_service(service) for service in service_types()}
    return {service: local for service, local in found.items() if local}


def described(simulators: Mapping[str, LocalSimulator]) -> dict[str, dict[str, Any]]:
    """As they stand in `.local/stack.json`."""
    return {
        service: {
            "url": simulators[service].url,
            "adminUrl": simulators[service].admin_url,
            **local.access(simulators[service].secrets, simulators[service].url),
        }
        for service, local in simulated_services().items()
    }


def start_simulators(former: Mapping[str, LocalSimulator]) -> dict[str, LocalSimulator]:
    """One for each simulated service; in the place of a `former` one at the same address, with its keys and data.

    Raises `RuntimeError` when one doesn't start; none that was started here is left running then."""
    started: dict[str, LocalSimulator] = {}
    try:
        for service, local in simulated_services().items():
            started[service] = _start(service, local, former.get(service))
    except BaseException:
        for simulator in started.values():
            simulator.process.stop()
        raise
    return started


def _start(service: str, local: LocalService, former: LocalSimulator | None) -> LocalSimulator:
    secrets = dict(former.secrets) if former else local.new_secrets()
    for folder in (places.LOGS, places.SIMULATED):
        folder.mkdir(parents=True, exist_ok=True)
    state_file = places.SIMULATED / f"{service}.json"
    is_empty = not state_file.exists()
    started = start_simulator(
        service,
        config=local.switches(secrets),
        port=urlsplit(former.url).port or 0 if former else 0,
        state_file=state_file,
        detached=True,
        log_file=places.LOGS / f"{service}.log",
    )
    try:
        if is_empty:
            local.seed(started.admin, [page.address for page in own_pages()], datetime.now(UTC))
    except BaseException:
        started.stop()
        raise
    return LocalSimulator(service, started.pid, started.url, started.admin_url, secrets)
