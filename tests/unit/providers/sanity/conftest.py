"""A Sanity provider whose network is in memory."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from integrations.providers.sanity.provider import SanityProvider, connect
from integrations.providers.sanity.spec import SanityConfig, SanityCredentials
from tests.unit.providers.sanity.lake import Lake
from tests.unit.providers.surroundings import FakeTime, Handler, settings_with

TOKEN = "skVerySecretToken"

Open = Callable[..., SanityProvider]


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def lake() -> Lake:
    return Lake()


@pytest.fixture
def open_provider(time: FakeTime) -> Open:
    """Opens a provider whose requests go to the handler; further arguments change the settings."""

    def open_with(handler: Handler, config: dict[str, Any] | None = None, **settings: Any) -> SanityProvider:
        raw = {"projectId": "p1", "dataset": "production", "entityTypes": {"article": "post"}, **(config or {})}
        credentials = SanityCredentials(token=SecretStr(TOKEN))
        return connect(SanityConfig.model_validate(raw), credentials, settings_with(handler, time, **settings))

    return open_with


@pytest.fixture
def provider(open_provider: Open, lake: Lake) -> SanityProvider:
    """A provider of the lake."""
    return open_provider(lake)
