"""The admin actions that only the Search Console simulator has."""

from collections.abc import Mapping
from typing import Any, Protocol

from tests.simulators.admin import json_object
from tests.simulators.exchange import Request
from tests.simulators.google_search_console.access_tokens import AccessTokens
from tests.simulators.google_search_console.accounts import ServiceAccount, new_key_file
from tests.simulators.google_search_console.facts import FactStore, rows_from_json
from tests.simulators.google_search_console.generator import generated_days, specification_from_json
from tests.simulators.google_search_console.sites import Properties, properties_from_json
from tests.simulators.service import AdminAction

DEFAULT_EMAIL = "sim@simproject.iam.gserviceaccount.com"
SEEDED = frozenset({"properties", "rows", "generate"})


class Administered(Protocol):
    """What the actions work on."""

    facts: FactStore
    properties: Properties
    tokens: AccessTokens

    def add_account(self, account: ServiceAccount) -> None:
        """Lets one more key in."""


class Administration:
    """The actions, by method and path."""

    def __init__(self, service: Administered) -> None:
        self._service = service

    def actions(self) -> Mapping[tuple[str, str], AdminAction]:
        """For the shared admin routes."""
        return {
            ("POST", "seed"): self._seed,
            ("GET", "dump"): self._dump,
            ("POST", "accounts"): self._make_account,
            ("POST", "revoke"): self._revoke,
        }

    def _seed(self, request: Request) -> dict[str, Any]:
        given = json_object(request)
        if not given or set(given) - SEEDED:
            message = f"seed takes {sorted(SEEDED)}, got {sorted(given)}"
            raise ValueError(message)
        specifications = [specification_from_json(value) for value in given.get("generate", [])]
        rows = rows_from_json(given.get("rows", []))
        self._service.properties.put(*properties_from_json(given.get("properties", [])))
        seeded = 0
        for specification in specifications:
            for where, figures in generated_days(specification):
                self._service.facts.put(where, figures)
                seeded += len(figures)
        for where, figures in rows.items():
            self._service.facts.put(where, figures)
            seeded += len(figures)
        return {"seeded": seeded}

    def _dump(self, request: Request) -> dict[str, Any]:
        wanted = request.parameters
        rows = self._service.facts.export(wanted.get("siteUrl", ""), wanted.get("type", ""), wanted.get("date", ""))
        shown = rows[: int(wanted["limit"])] if "limit" in wanted else rows
        return {"count": len(rows), "rows": shown, "properties": self._service.properties.export()}

    def _make_account(self, request: Request) -> dict[str, Any]:
        given = json_object(request)
        token_uri = given.get("tokenUri") or f"http://{request.headers['host']}/token"
        account, key_file = new_key_file(given.get("clientEmail") or DEFAULT_EMAIL, token_uri)
        self._service.add_account(account)
        return {"serviceAccount": key_file}

    def _revoke(self, request: Request) -> dict[str, Any]:
        return {"revoked": self._service.tokens.revoke_all(json_object(request).get("email", ""))}
