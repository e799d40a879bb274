"""A Loops provider whose network is a function."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from integrations.providers.contract import OutgoingRecord
from integrations.providers.loops.provider import LoopsProvider, connect
from integrations.providers.loops.spec import LoopsConfig, LoopsCredentials
from tests.unit.providers.surroundings import FakeTime, Handler, settings_with

KEY = "VerySecretKey"

Open = Callable[..., LoopsProvider]


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def open_provider(time: FakeTime) -> Open:
    """Opens a provider whose requests go to the handler; further arguments change the settings."""

    def open_with(handler: Handler, config: dict[str, Any] | None = None, **settings: Any) -> LoopsProvider:
        raw = {"entityTypes": {"customer": "contact"}, **(config or {})}
        credentials = LoopsCredentials.model_validate({"apiKey": SecretStr(KEY)})
        return connect(LoopsConfig.model_validate(raw), credentials, settings_with(handler, time, **settings))

    return open_with


def outgoing(number: int, **changes: Any) -> OutgoingRecord:
    """A record of which everything is to be sent."""
    targets = changes.pop("targets", {"email": f"p{number}@example.com"})
    defaults: dict[str, Any] = {
        "entity_id": f"customer-{number}",
        "external_id": f"email=p{number}@example.com",
        "remote_type": "contact",
        "targets": targets,
        "changed": frozenset(targets),
    }
    return OutgoingRecord(**{**defaults, **changes})
