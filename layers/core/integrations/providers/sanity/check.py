"""Is the connection good? One authenticated query, and what it takes to explain its failure to a person.

The query proves token and dataset only where the dataset is private, so a write that is only tried follows it.
"""

import hashlib
from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from integrations.domain.errors import IntegrationsError, ReconnectRequired, ServiceError
from integrations.domain.integration import Diagnosis
from integrations.providers.contract import ConnectionReport
from integrations.providers.refusals import Recovery
from integrations.providers.sanity.client import SanityClient
from integrations.providers.sanity.documents import probe_body
from integrations.providers.sanity.errors import SanityFault

CHECK_SECONDS_MAXIMUM = 10.0
_PROBE_QUERY = "count(*[0...1])"
_WHERE = "Go to Settings > Integrations and verify the credentials."
_REFUSED_STATUS = 401

_EXPLANATIONS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "credentials_refused": (
            "Sanity doesn't know the token: it is mistyped, or it was deleted.",
            ("Create a token with the Editor role under sanity.io/manage > API > Tokens, and enter it here.",),
        ),
        "credentials_expired": (
            "The Sanity token has expired.",
            ("Create a new token with the Editor role, and enter it here.",),
        ),
        "credentials_of_other_project": (
            "The token belongs to another Sanity project.",
            ("Compare the projectId with the project that the token was made in.",),
        ),
        "permission_missing": (
            "The token may not read this dataset.",
            ("Give the token the Editor role, or a role that reads and writes this dataset.",),
        ),
        "dataset_not_found": (
            "Sanity has no such dataset in this project, or no such project.",
            ("Compare projectId and dataset with those shown under sanity.io/manage.",),
        ),
        "project_not_found": (
            "Sanity has no such project, or doesn't show it to this token.",
            ("Compare the projectId with the one shown under sanity.io/manage.",),
        ),
        "service_timeout": (
            "Sanity did not answer in time.",
            ("Try again in a moment; if it persists, see https://status.sanity.io.",),
        ),
        "service_unreachable": (
            "Sanity could not be reached.",
            ("Compare the projectId and the apiHost: they make the address.",),
        ),
        "service_unavailable": ("Sanity is failing just now.", ("Try again later, or see https://status.sanity.io.",)),
        "service_rate_limited": ("Sanity takes no more calls just now.", ("Try again in a minute.",)),
        "malformed_answer": (
            "What answered doesn't answer as Sanity does.",
            ("Check that the apiHost is that of Sanity's API.",),
        ),
    }
)
READ_ONLY_TOKEN = Diagnosis(
    "read_only_token",
    "The token can read but not write: pulls work, pushes don't.",
    ("To push, enter a token with the Editor role under Settings > Integrations.",),
)


class ConnectionCheck:
    """One test of a connection."""

    def __init__(self, client: SanityClient) -> None:
        self._client = client
        self._clock = client.settings.monotonic
        self._deadline = self._clock() + CHECK_SECONDS_MAXIMUM

    def report(self) -> ConnectionReport:
        """What was found. `latency_ms` is the first call's alone."""
        started = self._clock()
        error = self._first_call()
        latency_ms = round((self._clock() - started) * 1_000)
        if error is None:
            error = self._tried_write()
            if error is None:
                return ConnectionReport(True, latency_ms)
            if error.code == READ_ONLY_TOKEN.code:
                return ConnectionReport(True, latency_ms, diagnosis=READ_ONLY_TOKEN)
        is_refused = isinstance(error, ReconnectRequired) and error.code != "permission_missing"
        return ConnectionReport(False, latency_ms, refused=is_refused, diagnosis=self._explained(error))

    def _first_call(self) -> IntegrationsError | None:
        try:
            self._client.query(_PROBE_QUERY, {}, self._deadline, perspective="raw", attempts_maximum=1)
        except IntegrationsError as error:
            return error
        return None

    def _tried_write(self) -> IntegrationsError | None:
        """What the write that is only tried proves: a token that is refused, or that can't write. Its other failures
        say nothing about the connection, which has just worked."""
        digest = hashlib.sha256(self._client.config.canonical_address.encode()).hexdigest()
        body = probe_body(f"integration-probe-{digest[:32]}", digest)
        try:
            result = self._client.mutate(body, self._deadline, dry_run=True)
        except ServiceError:
            return None
        if not isinstance(result, SanityFault) or result.recovery is not Recovery.RECONNECT:
            return None
        if result.status == _REFUSED_STATUS:
            return result.error()
        return ReconnectRequired(READ_ONLY_TOKEN.message, code=READ_ONLY_TOKEN.code)

    def _explained(self, error: IntegrationsError) -> Diagnosis:
        code, near = error.code, ""
        if code == "dataset_not_found":
            code, near = self._missing_what(error.message)
        message, suggestions = _EXPLANATIONS.get(code, (error.message, ()))
        extra = (near,) if near else ()
        return Diagnosis(code, f"{message} {_WHERE}", (*extra, *suggestions))

    def _missing_what(self, message: str) -> tuple[str, str]:
        """Whether it is the dataset or its whole project, and the datasets whose names come close. Both are a 404;
        only its text, which is documented nowhere, may name the project."""
        if "project not found" in message.lower():
            return "project_not_found", ""
        try:
            names = self._client.dataset_names(self._deadline)
        except ServiceError:
            return "dataset_not_found", ""
        near = get_close_matches(self._client.config.dataset, names, n=3, cutoff=0.5)
        named = ", ".join(near or sorted(names)[:3])
        return "dataset_not_found", f"Datasets of this project: {named}." if named else ""
