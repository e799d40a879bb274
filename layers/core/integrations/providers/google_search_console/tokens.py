"""Access tokens from Google's token endpoint, by a service account's key or a user's refresh token.

https://developers.google.com/identity/protocols/oauth2/service-account and …/web-server#offline
"""

import hashlib
from urllib.parse import urlencode, urlsplit

from integrations.domain.errors import (
    ConfigurationRefused,
    RateLimited,
    ReconnectRequired,
    RetryLater,
    ServiceError,
)
from integrations.providers.access_tokens import AccessToken
from integrations.providers.calls import ServiceAnswer, ServiceCall
from integrations.providers.connection import ConnectionSettings
from integrations.providers.google_search_console.assertion import READ_SCOPE, signed_assertion
from integrations.providers.google_search_console.credentials import TOKEN_HOST, SearchConsoleCredentials
from integrations.providers.google_search_console.errors import MINUTE_SECONDS
from integrations.providers.http import ServiceClient
from integrations.providers.refusals import as_object, short_text
from integrations.providers.retries import Repeatable

ASSERTION_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPES = frozenset({READ_SCOPE, READ_SCOPE.removesuffix(".readonly")})
TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})
UNSAID_LIFE_SECONDS = 300.0
"""For an answer that doesn't say how long its token lives."""

_TRANSIENT_ERRORS = frozenset({"internal_failure", "server_error", "temporarily_unavailable"})
_TOO_MANY = frozenset({"rate_limit_exceeded", "slow_down"})


class TokenEndpoint:
    """Gives the access token of one credential, for reading. Shares it with all who use the same settings."""

    def __init__(self, credentials: SearchConsoleCredentials, settings: ConnectionSettings) -> None:
        self._credentials = credentials
        self._settings = settings
        self._key = _cache_key(credentials)
        self._http = ServiceClient(
            "Google's token endpoint",
            credentials.token_origin,
            (TOKEN_HOST,),
            settings,
            headers={"Accept": "application/json"},
            secrets=credentials.secrets,
        )

    def token(
        self, deadline: float, *, refused: AccessToken | None = None, attempts_maximum: int | None = None
    ) -> AccessToken:
        """A token, other than the one that the API `refused`. Raises `ReconnectRequired` with Google's reason, or
        `RetryLater`."""
        return self._settings.access_tokens.token(
            self._key,
            self._settings.unix_time(),
            lambda: self._fetch(deadline, attempts_maximum),
            wait_seconds_maximum=max(0.0, deadline - self._settings.monotonic()),
            refused=refused,
        )

    def redact(self, text: str) -> str:
        """The text without any of the credentials."""
        return self._http.redact(text)

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def _fetch(self, deadline: float, attempts_maximum: int | None) -> AccessToken:
        now = self._settings.unix_time()
        call = ServiceCall(
            purpose="access token",
            method="POST",
            path=urlsplit(self._credentials.token_address).path,
            body=urlencode(self._form(now)).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            repeatable=Repeatable.ALWAYS,
            transient_statuses=TRANSIENT_STATUSES,
            attempts_maximum=attempts_maximum,
        )
        answer = self._http.send(call, deadline)
        if answer.status != 200:
            raise self._error(answer)
        return self._read(answer, now)

    def _form(self, now: float) -> dict[str, str]:
        given = self._credentials
        if given.service_account:
            return {"grant_type": ASSERTION_GRANT, "assertion": signed_assertion(given.service_account, now)}
        # No scope is asked for: a consent for more than reading would not cover the narrower one by name.
        values = {"client_id": given.client_id, "client_secret": given.client_secret}
        values["refresh_token"] = given.refresh_token
        texts = {name: value.get_secret_value() for name, value in values.items() if value is not None}
        return {"grant_type": "refresh_token", **texts}

    def _read(self, answer: ServiceAnswer, now: float) -> AccessToken:
        body = as_object(answer)
        secret, seconds, scope = body.get("access_token"), body.get("expires_in"), body.get("scope")
        if not isinstance(secret, str) or not secret.isascii() or not secret.isprintable() or not secret:
            raise RetryLater("Google's answer can't be read (access token)", code="malformed_answer")
        if isinstance(scope, str) and not SCOPES & set(scope.split()):
            message = f"the consent does not cover reading Search Console; it needs the scope {READ_SCOPE}"
            raise ReconnectRequired(message, code="scope_missing")
        return AccessToken.lent(secret, now, seconds if isinstance(seconds, int | float) else UNSAID_LIFE_SECONDS)

    def _error(self, answer: ServiceAnswer) -> ServiceError:
        body, status, after = as_object(answer), answer.status, answer.retry_after_seconds
        error = body.get("error")
        kind = short_text(error, self.redact)
        detail = short_text(body.get("error_description"), self.redact)
        said = " - ".join(part for part in (kind, detail) if part)
        if status == 429 or kind in _TOO_MANY:
            message = "Google gives no more access tokens just now"
            return RateLimited(message, retry_after_seconds=after or MINUTE_SECONDS)
        if status >= 500 or status == 408 or kind in _TRANSIENT_ERRORS:
            return RetryLater(f"Google's token endpoint failed ({status}) {said}".strip(), retry_after_seconds=after)
        if kind or status == 401:
            message = f"Google refused the credentials ({status})" + (f": {said}" if said else "")
            return ReconnectRequired(message)
        message = f"what answered at the credentials' token address is no token endpoint ({status}); check tokenUri"
        return ConfigurationRefused(message, code="token_endpoint_refused")


def _cache_key(credentials: SearchConsoleCredentials) -> str:
    """A hash of all that a token depends on; nothing can be read from it."""
    secrets = [secret.get_secret_value() for secret in credentials.secrets]
    key_id = credentials.service_account.private_key_id if credentials.service_account else ""
    parts = (credentials.token_address, credentials.principal, key_id, *secrets, READ_SCOPE)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
