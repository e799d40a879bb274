"""What the shared server asks of a simulated service."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

from tests.simulators.clock import AdjustableClock
from tests.simulators.exchange import Answer, Request

AdminAction = Callable[[Request], Any]
"""Takes an admin request and returns the JSON value to answer; `ValueError` becomes a 400 with its message."""


class Service(Protocol):
    """One simulated service. Its methods are called from many threads at once.

    One that decodes bodies itself also names the encodings it takes: `content_encodings = ("gzip",)`.
    """

    name: str
    clock: AdjustableClock

    def answer(self, request: Request) -> Answer:
        """Handles a request of the service's own API."""

    def describe(self, request: Request) -> dict[str, Any]:
        """What the request log notes of a request beyond method, path and size; never a token. Never raises."""

    def refusal(self, status: int) -> Answer:
        """The service's own body for a status that a fault asks for."""

    def admin_actions(self) -> Mapping[tuple[str, str], AdminAction]:
        """Admin actions beyond the shared ones, by method and path below `/__sim/`."""

    def configuration(self) -> dict[str, Any]:
        """Every switch with its value, under the names that `configure` takes."""

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Changes switches. Raises `ValueError` for an unknown one or a value of the wrong kind."""

    def reset(self) -> None:
        """Forgets everything stored and returns to the switches it was started with."""

    def export_state(self) -> dict[str, Any]:
        """Everything stored, as JSON, for a later `import_state`."""

    def import_state(self, state: Mapping[str, Any]) -> None:
        """Takes up what `export_state` gave."""


@runtime_checkable
class RefusesForReasons(Protocol):
    """A service that has several errors of one status, told apart by a reason."""

    def refusal_for(self, status: int, reason: str) -> Answer:
        """The service's own body for a status and a reason that a fault asks for."""
