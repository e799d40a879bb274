"""Marked secrets for every service and every kind of credential, and how to find them again wherever they come out."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.simulators.google_search_console.accounts import new_key_file

PLANTS = (
    "sanity",
    "search console, key file",
    "search console, consent",
    "posthog",
    "posthog events",
    "loops",
)
"""Every service with every kind of credentials that it takes."""
KEY_FILE_EMAIL = "reader@planted.iam.gserviceaccount.com"
ACCESS_TOKEN = "ya29.planted0accesstoken/+=9"
"""What Google's token endpoint lends."""
ASSERTION = "eyJhbGciOiJSUzI1NiI"
"""How the signed assertion begins that a key file makes."""


@dataclass(frozen=True)
class Plant:
    """An integration of one service with marked credentials. `remote_type` is what its entity type `article` is there;
    `directions` are tried."""

    name: str
    type: str
    config: Mapping[str, Any]
    mappings: tuple[tuple[str, str], ...]
    credentials: Mapping[str, Any]
    directions: tuple[str, ...] = ("push", "pull")

    @property
    def definition(self) -> dict[str, Any]:
        """What creates the integration through the API."""
        mappings = [{"source": source, "target": target, "transform": None} for source, target in self.mappings]
        return {"type": self.type, "name": "Planted", "config": dict(self.config), "fieldMappings": mappings}

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything in the credentials that is to stay hidden."""
        return tuple(_texts(self.credentials))

    @property
    def told(self) -> tuple[str, ...]:
        """Those that its client is opened with: the secret of webhooks is sealed apart, and never sent."""
        return tuple(_texts({name: value for name, value in self.credentials.items() if name != "webhookSecret"}))


@cache
def plants() -> Mapping[str, Plant]:
    """By their names; a key pair is made for one of them."""
    sanity = {"projectId": "zx3vzmn1", "dataset": "production", "entityTypes": {"article": "post"}}
    console = {"siteUrl": "sc-domain:example.com", "entityTypes": {"article": "row"}}
    loops = {"entityTypes": {"article": "contact"}}
    named = (("fields.title", "title"),)
    page = (("fields.title", "page"),)
    found = (
        Plant("sanity", "sanity", sanity, named, {"token": _secret("sk"), "webhookSecret": _secret("hook")}),
        Plant("search console, key file", "google_search_console", console, page, _key_file(), ("pull",)),
        Plant("search console, consent", "google_search_console", console, page, _consent(), ("pull",)),
        Plant("posthog", "posthog", _posthog(), (("fields.email", "distinct_id"),), _posthog_keys()),
        Plant(
            "posthog events",
            "posthog",
            _posthog("event:published"),
            (("fields.email", "distinct_id"),),
            _posthog_keys(),
        ),
        Plant(
            "loops",
            "loops",
            loops,
            (("fields.email", "email"),),
            {"apiKey": _secret("loops"), "webhookSecret": _secret("whsec")},
        ),
    )
    return {plant.name: plant for plant in found}


def marks_in(text: str, secrets: tuple[str, ...]) -> list[str]:
    """The marks of the secrets that the text shows, in whatever form it does: a secret's core has no character that any
    encoding of URLs, JSON or Python changes, and of a key file every line counts. A signed assertion is one as well."""
    return [mark for mark in (ASSERTION, *(mark for secret in secrets for mark in _marks(secret))) if mark in text]


def _secret(name: str) -> str:
    """A marked secret with characters that encodings change."""
    return f"{name}-planted0{name}0secret/+=9"


def _marks(secret: str) -> Iterator[str]:
    for line in secret.splitlines():
        core = max(line.replace("+", "/").replace("-", "/").replace(".", "/").split("/"), key=len)
        if len(core) >= 12 and not line.startswith("-----"):
            yield core
    yield base64.b64encode(secret.encode()).decode()[:40].rstrip("=")


def _texts(value: object) -> Iterator[str]:
    """The key file's public parts are none of the secrets."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            if name not in ("client_email", "private_key_id", "type", "token_uri", "client_id", "project_id"):
                yield from _texts(part)
    elif isinstance(value, str):
        yield value


def _key_file() -> dict[str, Any]:
    _, key_file = new_key_file(KEY_FILE_EMAIL, "")
    return {"serviceAccount": {**key_file, "token_uri": "https://oauth2.googleapis.com/token"}}


def _consent() -> dict[str, Any]:
    return {
        "clientId": _secret("client"),
        "clientSecret": _secret("clientsecret"),
        "refreshToken": _secret("refresh"),
    }


def _posthog(remote_type: str = "person") -> dict[str, Any]:
    return {"projectId": "12345", "entityTypes": {"article": remote_type}}


def _posthog_keys() -> dict[str, str]:
    return {
        "personalApiKey": _secret("phx"),
        "projectToken": _secret("phc"),
        "webhookSecret": _secret("hook"),
    }
