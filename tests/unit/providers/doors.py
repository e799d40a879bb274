"""The four services with their least configurations, and the two doors an address has to pass: saving and opening."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from integrations.domain.errors import ServiceError, ValidationFailed
from integrations.domain.integration import Integration
from integrations.management.parts import require_valid
from integrations.providers.contract import Provider
from integrations.providers.registry import connect, spec_for
from tests.unit.providers.surroundings import FakeTime, settings_with

PRIVATE_KEY = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"
KEY_FILE = {"client_email": "a@b.example", "private_key": PRIVATE_KEY, "private_key_id": "k1"}
CONFIGS: Mapping[str, Mapping[str, Any]] = {
    "sanity": {"projectId": "zx3vzmn1", "dataset": "production", "entityTypes": {"article": "post"}},
    "google_search_console": {"siteUrl": "sc-domain:example.com", "entityTypes": {"metric": "row"}},
    "posthog": {"projectId": "12345", "entityTypes": {"reader": "person"}},
    "loops": {"entityTypes": {"reader": "contact"}},
}
CREDENTIALS: Mapping[str, Mapping[str, Any]] = {
    "sanity": {"token": "skOfTheTest"},
    "google_search_console": {"clientId": "client", "clientSecret": "ofTheTest", "refreshToken": "1//ofTheTest"},
    "posthog": {"personalApiKey": "phx_ofTheTest", "projectToken": "phc_ofTheTest"},
    "loops": {"apiKey": "ofTheTest"},
}
ADDRESS_KEYS = [
    ("sanity", "apiHost"),
    ("google_search_console", "apiHost"),
    ("posthog", "apiHost"),
    ("posthog", "ingestHost"),
    ("loops", "apiHost"),
]


@dataclass
class Outside:
    """The resolver and the network: what was asked of them, and what they answer."""

    addresses: list[str] = field(default_factory=lambda: ["93.184.215.14"])
    answer: httpx.Response = field(default_factory=lambda: httpx.Response(500))
    resolved: list[str] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    def resolve(self, host: str, port: int) -> list[str]:
        self.resolved.append(host)
        return self.addresses

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answer

    @property
    def is_untouched(self) -> bool:
        return not self.resolved and not self.requests


def saving_problems(
    service: str, config: Mapping[str, Any], credentials: Mapping[str, Any] | None = None, listed: tuple[str, ...] = ()
) -> dict[str, str]:
    """What the API refuses about the configuration, or the credentials where they are given: message by field."""
    spec = spec_for(service)
    try:
        if credentials is not None:
            return dict(spec.credential_address_problems(credentials, listed))
        require_valid(spec, {"config": config}, config, listed)
    except ValidationFailed as error:
        return dict(error.details)
    return {}


def opened(
    service: str,
    outside: Outside,
    config: Mapping[str, Any] | None = None,
    credentials: Mapping[str, Any] | None = None,
    listed: tuple[str, ...] = (),
) -> Provider:
    """What the worker opens, whatever was saved."""
    settings = settings_with(outside, FakeTime(), resolve=outside.resolve, listed_addresses=listed)
    given = {**CONFIGS[service], **(config or {})}
    integration = Integration("p", "i", service, "It", "active", given, (), 0, 0, credentials_set=True)
    return connect(integration, json.dumps(credentials or CREDENTIALS[service]).encode(), settings)


def opening_problem(service: str, outside: Outside, **given: Any) -> ServiceError | None:
    """What the worker refuses."""
    try:
        opened(service, outside, **given)
    except ServiceError as error:
        return error
    return None
