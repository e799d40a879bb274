"""The Search Console simulator as the shared server runs it: switches, accounts, state and admin actions around it."""

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulators.clock import AdjustableClock
from tests.simulators.exchange import Answer, MalformedJson, Request
from tests.simulators.google_search_console.access_tokens import AccessTokens
from tests.simulators.google_search_console.accounts import (
    DEFAULT_GRANTS,
    Grant,
    ServiceAccount,
    account_to_json,
    grants_from_json,
    service_accounts_from_json,
)
from tests.simulators.google_search_console.administration import Administration
from tests.simulators.google_search_console.api import SearchConsoleApi
from tests.simulators.google_search_console.errors import Refused, api_error, asked_for
from tests.simulators.google_search_console.facts import FactStore
from tests.simulators.google_search_console.pacific import pacific_day
from tests.simulators.google_search_console.quotas import Quotas
from tests.simulators.google_search_console.recency import Recency
from tests.simulators.google_search_console.report import Reporter
from tests.simulators.google_search_console.sites import DEFAULT_PROPERTIES, Properties, properties_from_json
from tests.simulators.google_search_console.switches import SearchConsoleSwitches
from tests.simulators.google_search_console.token_endpoint import TokenEndpoint, form_fields
from tests.simulators.service import AdminAction
from tests.simulators.switches import as_json, changed

LOGGED = ("startDate", "endDate", "dimensions", "type", "searchType", "dataState", "rowLimit", "startRow")
LISTS = ("properties", "serviceAccounts", "refreshTokens")


@dataclass(frozen=True, slots=True)
class Setup:
    """What can be configured, beside the properties."""

    switches: SearchConsoleSwitches
    accounts: tuple[ServiceAccount, ...]
    grants: tuple[Grant, ...]


INITIAL = Setup(SearchConsoleSwitches(), (), DEFAULT_GRANTS)


class SearchConsoleService:
    """The token endpoint and the API behind one address."""

    name = "google_search_console"

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        self.clock = AdjustableClock()
        self.facts, self.properties = FactStore(), Properties()
        self.tokens = AccessTokens()
        self._quotas = Quotas()
        self._kept: OrderedDict[Any, Any] = OrderedDict()
        self._initial = dict(configuration)
        self._setup = INITIAL
        self._start_over()

    def answer(self, request: Request) -> Answer:
        """Answers with everything as it is configured when the request is handled."""
        setup, now = self._setup, self.clock.now()
        auth_now = now.timestamp() if setup.switches.auth_by_service_clock else time.time()
        try:
            if (request.method, request.raw_path) == ("POST", "/token"):
                endpoint = TokenEndpoint(setup.accounts, setup.grants, self.tokens, setup.switches, auth_now)
                return endpoint.answer(request)
            reporter = Reporter(self.facts, self._kept, Recency(pacific_day(now), setup.switches))
            api = SearchConsoleApi(self.properties, reporter, self._quotas, self.tokens, setup.switches, auth_now, now)
            return api.answer(request)
        except Refused as refused:
            return refused.answer

    def describe(self, request: Request) -> dict[str, Any]:
        """The kind of grant of a token request; site, range, dimensions and page of a report."""
        if request.raw_path == "/token":
            return {"grantType": form_fields(request).get("grant_type")}
        if request.segments[4:] != ("searchAnalytics", "query"):
            return {}
        try:
            body = request.json
        except MalformedJson:
            body = None
        body = body if isinstance(body, dict) else {}
        return {"siteUrl": request.segments[3], **{name: body[name] for name in LOGGED if name in body}}

    def refusal(self, status: int) -> Answer:
        """The body that goes with a status which a fault asks for."""
        return api_error(status)

    def refusal_for(self, status: int, reason: str) -> Answer:
        """The body that goes with a status and a reason; an OAuth error has the token endpoint's form."""
        return asked_for(status, reason)

    def admin_actions(self) -> Mapping[tuple[str, str], AdminAction]:
        """Seed, dump, accounts, revoke."""
        return Administration(self).actions()

    def configuration(self) -> dict[str, Any]:
        """The switches, the properties, and the accounts without keys and secrets."""
        accounts = [
            {"clientEmail": each.client_email, "privateKeyId": each.private_key_id, "disabled": each.disabled}
            for each in self._setup.accounts
        ]
        grants = [
            {"email": each.email, "clientId": each.client_id, "scopes": list(each.scopes), "revoked": each.revoked}
            for each in self._setup.grants
        ]
        return {
            **as_json(self._setup.switches),
            "properties": self.properties.export(),
            "serviceAccounts": accounts,
            "refreshTokens": grants,
        }

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Changes switches; replaces the properties, the service accounts or the refresh tokens if there are any."""
        before = self._setup
        switches = changed(before.switches, {key: value for key, value in changes.items() if key not in LISTS})
        accounts, grants = before.accounts, before.grants
        if "serviceAccounts" in changes:
            accounts = service_accounts_from_json(changes["serviceAccounts"])
        if "refreshTokens" in changes:
            grants = grants_from_json(changes["refreshTokens"])
        if "properties" in changes:
            self.properties.replace(*properties_from_json(changes["properties"]))
        self._setup = Setup(switches, accounts, grants)

    def add_account(self, account: ServiceAccount) -> None:
        """Lets one more key in."""
        before = self._setup
        self._setup = Setup(before.switches, (*before.accounts, account), before.grants)

    def reset(self) -> None:
        """Forgets figures, tokens and uses of quotas; properties and accounts are those of the start."""
        self.facts.clear()
        self.tokens.revoke_all()
        self._quotas.clear()
        self._start_over()

    def export_state(self) -> dict[str, Any]:
        """Figures, properties, accounts and the tokens given out."""
        return {
            "facts": self.facts.export_state(),
            "properties": self.properties.export(),
            "serviceAccounts": [account_to_json(each) for each in self._setup.accounts],
            "refreshTokens": [account_to_json(each) for each in self._setup.grants],
            "tokens": self.tokens.export(),
        }

    def import_state(self, state: Mapping[str, Any]) -> None:
        """Takes up what `export_state` gave."""
        self.facts.load(state["facts"])
        self.configure({name: state[name] for name in LISTS})
        self.tokens.load(state["tokens"])

    def _start_over(self) -> None:
        self._setup = INITIAL
        self.properties.replace(*DEFAULT_PROPERTIES)
        self.configure(self._initial)
