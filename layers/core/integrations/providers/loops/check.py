"""Is the connection good? The test of the key that Loops offers, and its failure explained to a person.

https://loops.so/docs/api-reference/api-key; keys have no scopes, so one that is known may do everything.
"""

from collections.abc import Mapping
from types import MappingProxyType

from integrations.domain.errors import IntegrationsError, ReconnectRequired
from integrations.domain.integration import Diagnosis
from integrations.providers.contract import ConnectionReport
from integrations.providers.loops.client import LoopsClient

CHECK_SECONDS_MAXIMUM = 10.0
_WHERE = "Go to Settings > Integrations and verify the credentials."

_EXPLANATIONS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "credentials_refused": (
            "Loops doesn't know the API key: it is mistyped, or it was deleted.",
            ("Generate a key in Loops under Settings > API, and enter it here.",),
        ),
        "service_timeout": (
            "Loops did not answer in time.",
            ("Try again in a moment; if it persists, see https://status.loops.so.",),
        ),
        "service_unreachable": (
            "Loops could not be reached.",
            ("Leave apiHost out, unless calls are meant to go to another address.",),
        ),
        "service_unavailable": ("Loops is failing just now.", ("Try again later, or see https://status.loops.so.",)),
        "service_rate_limited": (
            "Loops takes no more calls just now: it allows ten a second, and others use the team's keys too.",
            ("Try again in a moment.",),
        ),
        "not_found": (
            "What answered doesn't know Loops' paths.",
            ("Leave apiHost out, or check that it is that of Loops' API.",),
        ),
        "malformed_answer": (
            "What answered doesn't answer as Loops does.",
            ("Leave apiHost out, or check that it is that of Loops' API.",),
        ),
    }
)


class ConnectionCheck:
    """One test of a connection."""

    def __init__(self, client: LoopsClient) -> None:
        self._client = client
        self._clock = client.settings.monotonic

    def report(self) -> ConnectionReport:
        """What was found; a good connection tells which team it leads to."""
        started = self._clock()
        result = self._first_call(started + CHECK_SECONDS_MAXIMUM)
        latency_ms = round((self._clock() - started) * 1_000)
        if isinstance(result, IntegrationsError):
            is_refused = isinstance(result, ReconnectRequired)
            return ConnectionReport(False, latency_ms, refused=is_refused, diagnosis=_explained(result))
        message = f"The key is that of the Loops team {result}." if result else "Loops knows the key."
        return ConnectionReport(True, latency_ms, diagnosis=Diagnosis("connected", message, ()))

    def _first_call(self, deadline: float) -> str | IntegrationsError:
        try:
            return self._client.team_name(deadline, attempts_maximum=1)
        except IntegrationsError as error:
            return error


def _explained(error: IntegrationsError) -> Diagnosis:
    message, suggestions = _EXPLANATIONS.get(error.code, (error.message, ()))
    return Diagnosis(error.code, f"{message} {_WHERE}", suggestions)
