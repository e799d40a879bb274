"""Is the connection good? The project is asked for, and what it takes to explain a failure to a person.

Capture takes any token that looks like one, so the project's own is compared with the configured one: the only proof
that what is sent arrives.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from integrations.domain.errors import ConfigurationRefused, IntegrationsError, ReconnectRequired
from integrations.domain.integration import Diagnosis
from integrations.providers.contract import ConnectionReport
from integrations.providers.posthog.client import PostHogClient, malformed
from integrations.providers.posthog.records import PERSON
from integrations.providers.posthog.spec import canonical_host

CHECK_SECONDS_MAXIMUM = 10.0
_PROBE_QUERY = "select 1"
_WHERE = "Go to Settings > Integrations and verify the credentials."
_SCOPE = re.compile(r"'([a-z_]+:[a-z]+)'")
_OTHER_REGION = MappingProxyType({"us.posthog.com": "eu.posthog.com", "eu.posthog.com": "us.posthog.com"})
_KEYS = "PostHog > Settings > Personal API keys"

_EXPLANATIONS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "credentials_refused": (
            "PostHog doesn't know the personal API key: it is mistyped, was deleted, or belongs to another region.",
            (
                f"Create a key under {_KEYS}, and enter it here.",
                "Compare the apiHost with your browser's address.",
            ),
        ),
        "wrong_region": ("The personal API key belongs to PostHog's other region.", ()),
        "permission_missing": (
            "The personal API key lacks a scope.",
            (f"Edit the key under {_KEYS}; it needs project:read, and person:read and query:read to pull.",),
        ),
        "project_not_granted": (
            "The personal API key may not use this project.",
            (f"Give it the project, or all projects, under {_KEYS}.", "Compare the projectId with the project's."),
        ),
        "token_of_other_project": (
            "The project token belongs to another project: what is pushed would not arrive in this one.",
            ("Copy the project token from PostHog > Settings > Project, in the project that projectId names.",),
        ),
        "project_not_found": (
            "PostHog has no such project, or doesn't show it to this key.",
            ("Compare the projectId with the one in the address of the project.",),
        ),
        "service_timeout": (
            "PostHog did not answer in time.",
            ("Try again in a moment; if it persists, see https://status.posthog.com.",),
        ),
        "service_unreachable": ("PostHog could not be reached.", ("Compare the apiHost with PostHog's address.",)),
        "service_unavailable": (
            "PostHog is failing just now.",
            ("Try again later, or see https://status.posthog.com.",),
        ),
        "service_rate_limited": ("PostHog takes no more calls just now.", ("Try again in a minute.",)),
        "malformed_answer": (
            "What answered doesn't answer as PostHog does.",
            ("Check that the apiHost is that of PostHog's application.",),
        ),
    }
)


class ConnectionCheck:
    """One test of a connection."""

    def __init__(self, client: PostHogClient) -> None:
        self._client = client
        self._clock = client.settings.monotonic
        self._deadline = self._clock() + CHECK_SECONDS_MAXIMUM

    def report(self) -> ConnectionReport:
        """What was found. `latency_ms` is the first call's alone."""
        started = self._clock()
        project, error = self._first_call()
        latency_ms = round((self._clock() - started) * 1_000)
        error = error or self._token_problem(project)
        if error is None:
            return ConnectionReport(True, latency_ms, diagnosis=self._pull_warning())
        is_refused = isinstance(error, ReconnectRequired) and error.code == "credentials_refused"
        return ConnectionReport(False, latency_ms, refused=is_refused, diagnosis=self._explained(error))

    def _first_call(self) -> tuple[Mapping[str, object], IntegrationsError | None]:
        try:
            return self._client.project(self._deadline, attempts_maximum=1), None
        except IntegrationsError as error:
            return {}, error

    def _token_problem(self, project: Mapping[str, object]) -> IntegrationsError | None:
        token = project.get("api_token")
        if not isinstance(token, str):
            return malformed("project")
        if token == self._client.project_token:
            return None
        return ConfigurationRefused("the project token is another project's", code="token_of_other_project")

    def _pull_warning(self) -> Diagnosis | None:
        """What the key can't read. Other failures say nothing about the connection, which has just worked."""
        missing = [error for error in (self._tried_query(), self._tried_persons()) if error is not None]
        scopes = dict.fromkeys(_SCOPE.findall(" ".join(error.message for error in missing)))
        if not missing:
            return None
        named = " and ".join(scopes) or "a scope"
        message = f"The personal API key lacks {named}: pushes work, pulls don't."
        suggestion = f"To pull, add {named} to the key under {_KEYS}."
        return Diagnosis("read_scope_missing", message, (suggestion,))

    def _tried_query(self) -> ReconnectRequired | None:
        try:
            self._client.query(_PROBE_QUERY, {}, self._deadline, attempts_maximum=1)
        except ReconnectRequired as error:
            return error
        except IntegrationsError:
            pass
        return None

    def _tried_persons(self) -> ReconnectRequired | None:
        if PERSON not in self._client.config.entity_types.values():
            return None
        try:
            self._client.persons(f"{self._client.persons_path}?limit=1", self._deadline, attempts_maximum=1)
        except ReconnectRequired as error:
            return error
        except IntegrationsError:
            pass
        return None

    def _explained(self, error: IntegrationsError) -> Diagnosis:
        code, extra = error.code, ""
        match code:
            case "credentials_refused" if host := self._host_that_knows_the_key():
                code, extra = "wrong_region", f"Set the apiHost to https://{host}, and enter the credentials again."
            case "permission_missing" if scopes := _SCOPE.findall(error.message):
                extra = f"Missing scope: {', '.join(scopes)}."
            case "project_not_found":
                extra = self._near_projects()
        message, suggestions = _EXPLANATIONS.get(code, (error.message, ()))
        return Diagnosis(code, f"{message} {_WHERE}", (*([extra] if extra else []), *suggestions))

    def _host_that_knows_the_key(self) -> str:
        """The other region's host, if the key is one of its own; PostHog's 401 doesn't tell."""
        host = _OTHER_REGION.get(canonical_host(self._client.config.api_origin.host), "")
        if not host:
            return ""
        elsewhere = self._client.at_host(host)
        try:
            elsewhere.project_ids(self._deadline)
        except IntegrationsError as error:
            # A scope may be missing there: the key itself is known.
            return host if error.code in ("permission_missing", "project_not_granted") else ""
        finally:
            elsewhere.close()
        return host

    def _near_projects(self) -> str:
        try:
            ids = self._client.project_ids(self._deadline)
        except IntegrationsError:
            return ""
        near = get_close_matches(self._client.config.project_id, ids, n=3, cutoff=0.5) or ids[:3]
        return f"Projects of this key: {', '.join(near)}." if near else ""
