"""POST /token: a signed assertion or a refresh token against an access token (PROVIDERS 2.7)."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

from tests.simulators.exchange import Answer, Request, json_answer
from tests.simulators.google_search_console.access_tokens import AccessTokens
from tests.simulators.google_search_console.accounts import GOOGLE_TOKEN_URL, Grant, ServiceAccount
from tests.simulators.google_search_console.assertions import AssertionRules, verified_claims
from tests.simulators.google_search_console.errors import Refused, token_error
from tests.simulators.google_search_console.switches import SearchConsoleSwitches

ASSERTION_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
KNOWN_SCOPES = "https://www.googleapis.com/auth/"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """Answers one request for a token. `now` is in Unix seconds."""

    accounts: Sequence[ServiceAccount]
    grants: Sequence[Grant]
    tokens: AccessTokens
    switches: SearchConsoleSwitches
    now: float

    def answer(self, request: Request) -> Answer:
        """An access token. Raises `Refused` with the error that applies."""
        form = form_fields(request)
        kind = form.get("grant_type", "")
        if not kind:
            raise Refused(token_error(400, "invalid_request", "Missing required parameter: grant_type"))
        if kind == ASSERTION_GRANT:
            return self._by_assertion(request, form)
        if kind == "refresh_token":
            return self._by_refresh_token(form)
        raise Refused(token_error(400, "unsupported_grant_type", f"Invalid grant_type: {kind}"))

    def _by_assertion(self, request: Request, form: dict[str, str]) -> Answer:
        own = f"http://{request.headers.get('host', '')}/token"
        rules = AssertionRules(self.accounts, {GOOGLE_TOKEN_URL, own}, self.now, self.switches.clock_skew_seconds)
        claims = verified_claims(_required(form, "assertion"), rules)
        scopes = str(claims.get("scope", "")).split()
        if not scopes:
            raise Refused(token_error(400, "invalid_scope", "Empty or missing scope not allowed."))
        if not all(scope.startswith(KNOWN_SCOPES) for scope in scopes):
            raise Refused(token_error(400, "invalid_scope", "Invalid OAuth scope or ID token audience provided."))
        return self._issued(claims["iss"], scopes, with_scope=False)

    def _by_refresh_token(self, form: dict[str, str]) -> Answer:
        given = {name: _required(form, name) for name in ("client_id", "client_secret", "refresh_token")}
        clients = [grant for grant in self.grants if grant.client_id == given["client_id"]]
        if not clients:
            raise Refused(token_error(401, "invalid_client", "The OAuth client was not found."))
        if not any(_same(grant.client_secret, given["client_secret"]) for grant in clients):
            raise Refused(token_error(401, "invalid_client", "Unauthorized"))
        found = [grant for grant in self.grants if _same(grant.refresh_token, given["refresh_token"])]
        if not found:
            raise Refused(token_error(400, "invalid_grant", "Bad Request"))
        if found[0] not in clients:
            raise Refused(token_error(401, "unauthorized_client", "Unauthorized"))
        if found[0].revoked:
            raise Refused(token_error(400, "invalid_grant", "Token has been expired or revoked."))
        scopes = form.get("scope", "").split() or list(found[0].scopes)
        if set(scopes) - set(found[0].scopes):
            raise Refused(token_error(400, "invalid_scope", "Bad Request"))
        return self._issued(found[0].email, scopes, with_scope=True)

    def _issued(self, email: str, scopes: Sequence[str], *, with_scope: bool) -> Answer:
        seconds = self.switches.access_token_seconds
        token = self.tokens.issue(email, scopes, self.now + seconds)
        body = {"access_token": token.secret, "expires_in": seconds, "token_type": "Bearer"}
        if with_scope:
            body["scope"] = " ".join(scopes)
        return json_answer(200, body, {"cache-control": "no-store"})


def form_fields(request: Request) -> dict[str, str]:
    """The fields of a form body, or none if it isn't one; of a repeated field the last counts."""
    if not request.headers.get("content-type", "").startswith(FORM):
        return {}
    fields = parse_qs(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[-1] for name, values in fields.items()}


def _required(form: dict[str, str], name: str) -> str:
    if not form.get(name):
        raise Refused(token_error(400, "invalid_request", f"Missing required parameter: {name}"))
    return form[name]


def _same(known: str, given: str) -> bool:
    return hmac.compare_digest(known.encode(), given.encode())
