"""A call to a service and its answer, as values: nothing here needs the network."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from integrations.domain.errors import OutcomeUnknown, RetryLater
from integrations.providers.pacing import RateLimit
from integrations.providers.retries import TRANSIENT_STATUSES, Repeatable


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """One request. `path` is encoded already and may hold a query; `purpose` names the call in logs and errors, where
    path and query never appear. `attempts_maximum` None leaves it to the settings."""

    purpose: str
    method: str
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[RateLimit, ...] = ()
    repeatable: Repeatable = Repeatable.WHEN_NOT_APPLIED
    transient_statuses: frozenset[int] = TRANSIENT_STATUSES
    attempts_maximum: int | None = None


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """An answer of any status. `earlier_unknown` says that an earlier attempt of the same call may have been applied;
    `retry_after_seconds` is the service's own word."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    retry_after_seconds: float | None = None
    earlier_unknown: bool = False

    def json(self) -> object:
        """The body's value. Raises `ValueError`."""
        try:
            value: object = json.loads(self.body)
        except RecursionError:
            raise ValueError("the JSON is nested too deeply") from None
        return value


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """A call that brought none: `sent` if the service may have received it; `reason` is the failure's name."""

    service: str
    purpose: str
    reason: str
    sent: bool
    timed_out: bool

    def error(self, *, may_be_applied: bool) -> RetryLater:
        """The failure as the engine knows it; `OutcomeUnknown` if something may have been applied."""
        if not self.sent:
            code, message = "service_unreachable", f"{self.service} could not be reached"
        elif self.timed_out:
            code, message = "service_timeout", f"{self.service} did not answer in time"
        else:
            code, message = "connection_lost", f"the connection to {self.service} broke before the answer was complete"
        error = OutcomeUnknown if may_be_applied else RetryLater
        return error(f"{message} ({self.purpose}: {self.reason})", code=code)
