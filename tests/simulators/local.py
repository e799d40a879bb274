"""What a service brings to the local stack: a module `local` beside its simulator, with what `LocalService` asks for.

Only there stands what one service alone knows (its switches, its keys, its demo): the stack's tools know none by name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal, Protocol, cast

from tests.simulators.admin_client import AdminClient

PACKAGE = "tests.simulators"
SITE = "https://www.example.com"
"""Where the demo's articles are published: an article's address is this and its `fields.path`."""
PEOPLE: tuple[Mapping[str, str], ...] = (
    {"email": "ada@example.com", "firstName": "Ada", "lastName": "Lovelace", "plan": "team"},
    {"email": "grace@example.com", "firstName": "Grace", "lastName": "Hopper", "plan": "pro"},
    {"email": "alan@example.com", "firstName": "Alan", "lastName": "Turing", "plan": "free"},
)
"""Who reads the demo's articles."""


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo integration. `definition` is what `make integration` takes, `direction` that of its run in `make run`.

    `entities` are the ones it needs besides the articles: fields by id, by entity type. `pushed` are the filters of the
    simulator's `dump` that show what a push brought."""

    definition: Mapping[str, Any]
    direction: Literal["push", "pull"]
    entities: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    pushed: Mapping[str, str] = field(default_factory=dict)


class LocalService(Protocol):
    """A module `tests.simulators.<type>.local`."""

    def new_secrets(self) -> dict[str, Any]:
        """The keys of one stack, as JSON: made once, and kept for as long as the stack has data."""

    def switches(self, secrets: Mapping[str, Any]) -> dict[str, Any]:
        """What the simulator is started with, so that these keys open it."""

    def access(self, secrets: Mapping[str, Any], url: str) -> dict[str, Any]:
        """What a client needs besides the address, under the names of `config` and `credentials`; for stack.json."""

    def seed(self, admin: AdminClient, pages: Sequence[str], now: datetime) -> None:
        """Fills an empty simulator with a little that fits the demo, whose articles have these addresses."""

    def demo(self, where: Mapping[str, Any]) -> Demo | None:
        """The demo integration with the simulator that stack.json describes so; None if there is none."""


def local_service(service: str) -> LocalService | None:
    """The service's module, None if it has none."""
    name = f"{PACKAGE}.{service}.local"
    found = find_spec(f"{PACKAGE}.{service}") and find_spec(name)
    return cast("LocalService", import_module(name)) if found else None
