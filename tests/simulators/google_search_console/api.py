"""Search Console's HTTP API: who is asking, what is left to them, then sites or a report (PROVIDERS 2.1 to 2.6)."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.simulators.exchange import Answer, MalformedJson, Request, json_answer
from tests.simulators.google_search_console.access_tokens import AccessToken, AccessTokens
from tests.simulators.google_search_console.accounts import READ_SCOPE, WRITE_SCOPE
from tests.simulators.google_search_console.errors import Refused, api_error, not_found_page, site_forbidden
from tests.simulators.google_search_console.quotas import Quotas, load_demands, other_demands, search_demands
from tests.simulators.google_search_console.report import Reporter
from tests.simulators.google_search_console.report_request import report_request
from tests.simulators.google_search_console.sites import READING_LEVELS, Properties, Property, site_entry
from tests.simulators.google_search_console.switches import SearchConsoleSwitches

SITES = ("webmasters", "v3", "sites")


@dataclass(frozen=True, slots=True)
class SearchConsoleApi:
    """Answers one request with the switches in force. `auth_now` is in Unix seconds, `now` the service's time."""

    properties: Properties
    reporter: Reporter
    quotas: Quotas
    tokens: AccessTokens
    switches: SearchConsoleSwitches
    auth_now: float
    now: datetime

    def answer(self, request: Request) -> Answer:
        """Routes by the path's parts as they came. Raises `Refused` with the answer that refuses it."""
        segments = request.segments
        if segments[:3] != SITES:
            return not_found_page(request.raw_path)
        match (request.method, *segments[3:]):
            case ("GET",):
                return self._list(self._caller(request))
            case ("GET", site_url):
                return self._get(self._caller(request), site_url)
            case ("POST", site_url, "searchAnalytics", "query"):
                return self._query(self._caller(request), site_url, request)
        return not_found_page(request.raw_path)

    def _caller(self, request: Request) -> AccessToken:
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        if not secret:
            raise Refused(api_error(401, "required"))
        token = self.tokens.find(secret.strip()) if kind.lower() == "bearer" else None
        if token is None or token.expires_at <= self.auth_now:
            raise Refused(api_error(401, "authError"))
        if not {READ_SCOPE, WRITE_SCOPE} & set(token.scopes):
            raise Refused(api_error(403, "insufficientPermissions"))
        if not self.switches.api_enabled:
            raise Refused(api_error(403, "accessNotConfigured"))
        return token

    def _list(self, token: AccessToken) -> Answer:
        self.quotas.take(*other_demands(token.email, self.switches, time.monotonic()))
        form = self.switches.permission_level_form
        entries = [site_entry(each, token.email, form) for each in self.properties.shared_with(token.email)]
        return json_answer(200, {"siteEntry": entries} if entries else {})

    def _get(self, token: AccessToken, site_url: str) -> Answer:
        self.quotas.take(*other_demands(token.email, self.switches, time.monotonic()))
        found = self._shared(token, site_url)
        return json_answer(200, site_entry(found, token.email, self.switches.permission_level_form))

    def _query(self, token: AccessToken, site_url: str, request: Request) -> Answer:
        demands = search_demands(site_url, token.email, self.switches, time.monotonic())
        self.quotas.take(*demands)
        try:
            wanted = report_request(_json_body(request))
        except ValueError as error:
            raise Refused(api_error(400, self.switches.invalid_reason, str(error))) from error
        if self._shared(token, site_url).level(token.email) not in READING_LEVELS:
            raise Refused(site_forbidden(site_url, 403))
        self.quotas.take(*load_demands(site_url, wanted.query, self.switches, self.now.timestamp()))
        return json_answer(200, self.reporter.answer(site_url, wanted))

    def _shared(self, token: AccessToken, site_url: str) -> Property:
        found = self.properties.get(site_url)
        if found is None or found.level(token.email) is None:
            raise Refused(site_forbidden(site_url, self.switches.unknown_site_status))
        return found


def _json_body(request: Request) -> Any:
    try:
        return request.json
    except MalformedJson as error:
        raise Refused(api_error(400, "parseError", "Invalid JSON payload received. Unexpected token.")) from error
