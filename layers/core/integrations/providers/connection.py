"""What a service's client is opened with. Needs no HTTP library, so that it can be built anywhere."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from integrations.providers.access_tokens import AccessTokenCache
from integrations.providers.addresses import Resolve, resolve_host
from integrations.providers.pacing import Pacer

if TYPE_CHECKING:
    import httpx

RESPONSE_BYTES_MAXIMUM = 32_000_000


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """How services are called, and what that needs from the outside.

    `service_timeout_seconds` bounds each step of a call (connect, send, wait, receive); `call_seconds_maximum` bounds
    one operation of a provider with its repetitions and waits: keep it below the lease's length.
    `listed_addresses` are the deployment's own exceptions, as `host:port`. `pacer` is the credential's limiter;
    `pacer_for` gives one by the hash of the quota's holder; without either, one is made for this connection alone.
    `access_tokens` are shared by all connections that are opened with these settings.
    `transport` replaces the network (tests).
    """

    service_timeout_seconds: float = 30.0
    call_seconds_maximum: float = 60.0
    attempts_maximum: int = 5
    response_bytes_maximum: int = RESPONSE_BYTES_MAXIMUM
    listed_addresses: tuple[str, ...] = ()
    pacer: Pacer | None = None
    pacer_for: Callable[[str], Pacer] | None = None
    monotonic: Callable[[], float] = time.monotonic
    unix_time: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random
    resolve: Resolve = resolve_host
    transport: "httpx.BaseTransport | None" = None
    access_tokens: AccessTokenCache = field(default_factory=AccessTokenCache)

    def deadline(self) -> float:
        """The moment, on the monotonic clock, by which an operation that begins now has to end."""
        return self.monotonic() + self.call_seconds_maximum
