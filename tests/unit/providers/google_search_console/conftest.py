"""A Search Console provider whose network is in memory, on 1 January 2026."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from integrations.providers.google_search_console.provider import SearchConsoleProvider, connect
from integrations.providers.google_search_console.spec import SPEC
from tests.unit.providers.surroundings import FakeTime, settings_with

CONFIG = {"siteUrl": "https://www.example.com/", "entityTypes": {"metric": "row"}}
CONSENT = {"clientId": "client", "clientSecret": "verySecret", "refreshToken": "1//verySecret"}

Open = Callable[..., SearchConsoleProvider]


@dataclass(slots=True)
class Google:
    """Answers reports with its bodies in turn, the last one for ever; tokens are at hand."""

    reports: list[Any] = field(default_factory=lambda: [{}])
    token: Any = field(default_factory=lambda: {"access_token": "ya29.verySecret", "expires_in": 3_599})
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path == "/token":
            return httpx.Response(200, json=self.token)
        return httpx.Response(200, json=self.reports.pop(0) if len(self.reports) > 1 else self.reports[0])

    def asked(self) -> list[dict[str, Any]]:
        """The bodies of the reports asked for."""
        return [json.loads(each.content) for each in self.requests if each.url.path != "/token"]


@pytest.fixture
def open_provider() -> Open:
    def open_with(google: Google, credentials: dict[str, Any] | None = None, **config: Any) -> SearchConsoleProvider:
        checked = SPEC.checked_config({**CONFIG, **config})
        return connect(checked, SPEC.checked_credentials(credentials or CONSENT), settings_with(google, FakeTime()))

    return open_with
