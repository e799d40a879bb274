"""Ports that tell of each call, so that a test can let anything happen just before it or just after it."""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

from integrations.domain.integration import Integration
from integrations.sync.ledger import LedgerStores
from integrations.sync.worker_ports import WorkerPorts

type Call = Callable[[], Any]
type Hook = Callable[[str, Call], Any]
"""Gets a call and its name (`line.advance`), and makes it."""

PURE = frozenset({"measure", "key_of", "takes", "close", "first_cursor", "first_figures_cursor", "figures_of"})
READS = frozenset(
    {
        "connect",
        "entities.read",
        "entities.stamps",
        "entities.stamps_updated_since",
        "failures.between",
        "failures.page",
        "failures.read",
        "integrations.find",
        "integrations.watermark",
        "line.due_in_project",
        "links.between",
        "links.external_ids",
        "links.read",
    }
)
"""What changes nothing here or there. A worker that stops around one of these has stopped after the effect before."""


def watched(name: str, port: Any, hook: Hook) -> Any:
    """The port, its calls going through the hook."""
    members = {member: getattr(port, member) for member in dir(port) if not member.startswith("_")}
    for member, value in members.items():
        if callable(value) and member not in PURE:
            members[member] = _through(f"{name}.{member}", value, hook)
    return SimpleNamespace(**members)


def watched_ports(ports: WorkerPorts, hook: Hook) -> WorkerPorts:
    """All that a worker touches; the service too."""

    def connect(integration: Integration) -> Any:
        return watched("service", hook("connect", lambda: ports.connect(integration)), hook)

    stores = ports.ledger
    return WorkerPorts(
        LedgerStores(
            watched("line", stores.line, hook),
            watched("links", stores.links, hook),
            watched("failures", stores.failures, hook),
            watched("log", stores.log, hook),
        ),
        watched("integrations", ports.integrations, hook),
        watched("entities", ports.entities, hook),
        watched("wake_ups", ports.wake_ups, hook),
        connect,
        ports.clock,
        watched("remains", ports.remains, hook),
    )


def _through(name: str, method: Callable[..., Any], hook: Hook) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        return hook(name, partial(method, *arguments, **named))

    return call
