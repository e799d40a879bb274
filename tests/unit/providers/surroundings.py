"""What a provider is opened with in a test: a clock that only sleeping moves, and a network of functions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from integrations.providers.connection import ConnectionSettings

PUBLIC_ADDRESS = "93.184.215.14"
Handler = Callable[[httpx.Request], httpx.Response]


@dataclass(slots=True)
class FakeTime:
    """A monotonic clock in seconds; sleeping is all that passes the time, and is noted."""

    now: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass(slots=True)
class FakeResolver:
    """Answers with each of its lists of addresses in turn, the last one for ever."""

    answers: list[Sequence[str]] = field(default_factory=lambda: [[PUBLIC_ADDRESS]])
    asked: int = 0

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def settings_with(handler: Handler, time: FakeTime, **changes: Any) -> ConnectionSettings:
    """Settings whose network is the handler, and in which full jitter is a half of it."""
    defaults: dict[str, Any] = {
        "transport": httpx.MockTransport(handler),
        "monotonic": time,
        "unix_time": lambda: 1_767_225_600.0 + time.now - 1_000.0,
        "sleep": time.sleep,
        "random": lambda: 0.5,
        "resolve": FakeResolver(),
    }
    return ConnectionSettings(**{**defaults, **changes})
