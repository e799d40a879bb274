"""Is the connection good? The property as the credentials see it, and what it takes to explain a failure to a person.

The first call is that for the property; where no access token is at hand, the request for one belongs to it, so the
latency is that of both.
"""

from collections.abc import Mapping
from types import MappingProxyType

from integrations.domain.errors import IntegrationsError, ReconnectRequired, ServiceError
from integrations.domain.integration import Diagnosis
from integrations.providers.contract import ConnectionReport
from integrations.providers.google_search_console.client import UNVERIFIED_USER, SearchConsoleClient
from integrations.providers.google_search_console.properties import near_properties

CHECK_SECONDS_MAXIMUM = 10.0
_WHERE = "Go to Settings > Integrations and verify the credentials."
_NOT_SHARED = frozenset({"property_not_shared", "property_not_found"})
_STATUS_PAGE = "https://www.google.com/appsstatus/dashboard"

_EXPLANATIONS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "credentials_unusable": (
            "The private key in the key file can't be read.",
            ("Download the key file of the service account anew (Google Cloud console > IAM), and enter all of it.",),
        ),
        "scope_missing": (
            "The consent does not cover reading Search Console.",
            ("Consent anew, with the scope https://www.googleapis.com/auth/webmasters.readonly.",),
        ),
        "api_not_enabled": (
            "The Search Console API is not enabled in the Google Cloud project of the credentials.",
            ("Enable it: https://console.cloud.google.com/apis/library/searchconsole.googleapis.com",),
        ),
        "permission_missing": (
            "Google does not allow these credentials to use the Search Console API.",
            ("Ask the administrator of the Google Cloud project or organisation what restricts it.",),
        ),
        "service_timeout": (
            "Google Search Console did not answer in time.",
            (f"Try again in a moment; if it persists, see {_STATUS_PAGE}.",),
        ),
        "connection_lost": ("The connection to Google broke.", ("Try again in a moment.",)),
        "service_unreachable": ("Google Search Console could not be reached.", ("Compare apiHost and tokenUri.",)),
        "service_unavailable": ("Google is failing just now.", (f"Try again later, or see {_STATUS_PAGE}.",)),
        "service_rate_limited": (
            "Google takes no more calls just now.",
            ("Try again in a minute; where other tools use the same credentials, they share the quota.",),
        ),
        "malformed_answer": (
            "What answered doesn't answer as Google does.",
            ("Check that apiHost and tokenUri are Google's.",),
        ),
    }
)


class ConnectionCheck:
    """One test of a connection."""

    def __init__(self, client: SearchConsoleClient) -> None:
        self._client = client
        self._clock = client.settings.monotonic
        self._deadline = self._clock() + CHECK_SECONDS_MAXIMUM

    def report(self) -> ConnectionReport:
        """What was found. `latency_ms` is the first call's, with its access token."""
        started = self._clock()
        found = self._first_call()
        latency_ms = round((self._clock() - started) * 1_000)
        if isinstance(found, IntegrationsError):
            is_refused = isinstance(found, ReconnectRequired)
            return ConnectionReport(False, latency_ms, refused=is_refused, diagnosis=self._explained(found))
        return ConnectionReport(True, latency_ms, diagnosis=self._unverified() if found == UNVERIFIED_USER else None)

    def _first_call(self) -> str | IntegrationsError:
        try:
            return self._client.permission_level(self._deadline, attempts_maximum=1)
        except IntegrationsError as error:
            return error

    def _explained(self, error: IntegrationsError) -> Diagnosis:
        if error.code in _NOT_SHARED:
            return self._not_shared()
        if error.code == "credentials_refused":
            return Diagnosis(error.code, f"{error.message.rstrip('.')}. {_WHERE}", self._renewal())
        message, suggestions = _EXPLANATIONS.get(error.code, (error.message, ()))
        return Diagnosis(error.code, f"{message} {_WHERE}", suggestions)

    def _renewal(self) -> tuple[str, ...]:
        if self._client.service_account is None:
            return (
                "Consent anew, and enter the new refreshToken; in a consent screen in testing it ends after 7 days.",
                "Compare clientId and clientSecret with the OAuth client that the consent was given to.",
            )
        account = self._client.service_account
        return (
            f"See in the Google Cloud console (IAM > Service accounts) whether {account} and its key are enabled.",
            "Create a new key there, and enter its file.",
        )

    def _not_shared(self) -> Diagnosis:
        """Whether nothing is shared, the same site under another name, or others only: Google answers all alike."""
        site_url = self._client.config.site_url
        try:
            known = self._client.site_urls(self._deadline)
        except ServiceError:
            known = None
        share = self._how_to_share(site_url)
        if known == []:
            message = f"The credentials are good, but no property is shared with {self._who()}."
            return Diagnosis("no_property_shared", f"{message} {_WHERE}", (share,))
        message = f"Search Console has no property {site_url} that {self._who()} may read. {_WHERE}"
        near = near_properties(site_url, known or [])
        if not near:
            exact = "Compare siteUrl with the property's name: http, https, www. and the last slash all count."
            return Diagnosis("property_not_shared", message, (share, exact))
        named = f"Properties that it may read: {', '.join(near)}. If one of them is meant, set siteUrl to exactly that."
        return Diagnosis("property_not_shared", message, (named, share))

    def _unverified(self) -> Diagnosis:
        site_url = self._client.config.site_url
        message = f"{self._who()} is an unverified user of {site_url}: its figures can't be read, so pulls will fail."
        return Diagnosis("property_unverified", message, (self._how_to_share(site_url),))

    def _who(self) -> str:
        return self._client.service_account or "the Google account that consented"

    def _how_to_share(self, site_url: str) -> str:
        return (
            f"In Search Console, open {site_url} > Settings > Users and permissions, and add {self._who()} "
            "as a user with Full or Restricted permission."
        )
