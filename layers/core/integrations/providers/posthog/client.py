"""PostHog's HTTP API, as far as it is used: project, persons, HogQL queries, and capture on its host of its own.

https://posthog.com/docs/api; limits by project: https://posthog.com/docs/api#rate-limiting
"""

import json
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from integrations.domain.errors import ConfigurationRefused, OutcomeUnknown, RetryLater
from integrations.providers.addresses import Origin, parse_origin
from integrations.providers.calls import ServiceAnswer, ServiceCall
from integrations.providers.connection import ConnectionSettings
from integrations.providers.http import ServiceClient
from integrations.providers.pacing import RateLimit
from integrations.providers.posthog.errors import API_RULES, CAPTURE_RULES, read_fault
from integrations.providers.posthog.spec import (
    API_HOSTS,
    INGEST_HOSTS,
    PostHogConfig,
    PostHogCredentials,
    canonical_host,
)
from integrations.providers.refusals import Fault
from integrations.providers.retries import Repeatable

CRUD = (RateLimit("posthog-crud-minute", 480, 60.0), RateLimit("posthog-crud-hour", 4_800, 3_600.0))
PERSONS = (RateLimit("posthog-persons-minute", 240, 60.0), RateLimit("posthog-persons-hour", 1_200, 3_600.0))
QUERIES = (RateLimit("posthog-query-minute", 240, 60.0), RateLimit("posthog-query-hour", 2_400, 3_600.0))
"""… and three at once, which a 429 with `Retry-After` keeps: calls of one connection follow each other."""

Row = Sequence[object]


class PostHogClient:
    """One project. Raises `ServiceError`s; refused events are handed back, since their caller knows the records."""

    def __init__(self, config: PostHogConfig, credentials: PostHogCredentials, settings: ConnectionSettings) -> None:
        given = (credentials.personal_api_key, credentials.project_token, credentials.webhook_secret)
        secrets = [secret for secret in given if secret is not None]
        self.config = config
        self.settings = settings
        self._credentials = credentials
        self.project_token = credentials.project_token.get_secret_value()
        key = credentials.personal_api_key.get_secret_value()
        headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
        self._api = ServiceClient("PostHog", config.api_origin, API_HOSTS, settings, headers=headers, secrets=secrets)
        # The personal API key stays with the private API: capture is told the project's token, in the body.
        self._ingest = ServiceClient(
            "PostHog", config.ingest_origin, tuple(INGEST_HOSTS.values()), settings, headers={}, secrets=secrets
        )
        self._project = f"/api/projects/{config.project_id}/"
        self.persons_path = f"{self._project}persons/"

    def project(self, deadline: float, *, attempts_maximum: int | None = None) -> Mapping[str, object]:
        """The project as PostHog describes it."""
        return self._object(self._get("project", self._project, CRUD, attempts_maximum), deadline)

    def project_ids(self, deadline: float) -> list[str]:
        """The ids of the projects that the key may use, the first hundred of them."""
        answer = self._object(self._get("projects", "/api/projects/?limit=100", CRUD), deadline)
        results = answer.get("results")
        found = results if isinstance(results, list) else []
        return [self._api.redact(str(entry["id"])) for entry in found if isinstance(entry, dict) and "id" in entry]

    def persons(self, path: str, deadline: float, *, attempts_maximum: int | None = None) -> Mapping[str, object]:
        """A page of the list of persons; `path` holds the query."""
        answer = self._object(self._get("persons", path, PERSONS, attempts_maximum), deadline)
        if not isinstance(answer.get("results"), list):
            raise malformed("persons")
        return answer

    def path_of_next(self, address: object) -> str:
        """Path and query of a list's `next`. Raises `ConfigurationRefused` if it leads to another host: the key is
        never sent there."""
        parts = urlsplit(address) if isinstance(address, str) else None
        if parts is None or not parts.path.startswith("/api/"):
            raise malformed("next page")
        if parts.scheme and not self._is_own(f"{parts.scheme}://{parts.netloc}"):
            message = "PostHog's list goes on at another address, which is never followed; compare it with the apiHost"
            raise ConfigurationRefused(message, code="foreign_page")
        return f"{parts.path}?{parts.query}"

    def query(
        self, hogql: str, values: Mapping[str, object], deadline: float, *, attempts_maximum: int | None = None
    ) -> list[Row]:
        """The rows of a HogQL query, never those of an earlier one that PostHog kept."""
        query = {"kind": "HogQLQuery", "query": hogql, "values": values}
        call = ServiceCall(
            purpose="query",
            method="POST",
            path=f"{self._project}query/",
            body=json.dumps({"query": query, "refresh": "force_blocking", "name": "wiserows_sync"}).encode(),
            headers={"Content-Type": "application/json"},
            limits=QUERIES,
            repeatable=Repeatable.ALWAYS,
            attempts_maximum=attempts_maximum,
        )
        rows = self._object(call, deadline).get("results")
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise malformed("query")
        return rows

    def capture(self, body: bytes, deadline: float) -> bool | Fault:
        """Sends a compressed body of events: False if PostHog drops them for the project's quota, or why they were
        refused whole. Raises `OutcomeUnknown` when no proper answer came."""
        call = ServiceCall(
            purpose="capture",
            method="POST",
            path="/batch/",
            body=body,
            headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
            # Events and changes of persons that come twice collapse: they have the same uuid and time.
            repeatable=Repeatable.IDEMPOTENT,
        )
        answer = self._ingest.send(call, deadline)
        if answer.status != 200:
            return read_fault(answer, CAPTURE_RULES, self._ingest.redact)
        receipt = _json_object(answer)
        if receipt is None:
            message = "PostHog's answer to the events can't be read; they may have been taken"
            raise OutcomeUnknown(message, code="malformed_answer")
        return not receipt.get("quota_limited")

    def at_host(self, host: str) -> "PostHogClient":
        """The same project and keys at another host of PostHog's own."""
        config = self.config.model_copy(update={"api_host": f"https://{host}", "ingest_host": None})
        return PostHogClient(config, self._credentials, self.settings)

    def close(self) -> None:
        """Closes the connections."""
        self._api.close()
        self._ingest.close()

    def _get(
        self, purpose: str, path: str, limits: tuple[RateLimit, ...], attempts_maximum: int | None = None
    ) -> ServiceCall:
        return ServiceCall(
            purpose=purpose,
            method="GET",
            path=path,
            limits=limits,
            repeatable=Repeatable.ALWAYS,
            attempts_maximum=attempts_maximum,
        )

    def _object(self, call: ServiceCall, deadline: float) -> Mapping[str, object]:
        answer = self._api.send(call, deadline)
        self._learn(call, answer)
        if answer.status != 200:
            raise read_fault(answer, API_RULES, self._api.redact).error()
        value = _json_object(answer)
        if value is None:
            raise malformed(call.purpose)
        return value

    def _learn(self, call: ServiceCall, answer: ServiceAnswer) -> None:
        """The project's own staff uses the same minute."""
        remaining = answer.headers.get("x-ratelimit-remaining", "")
        if remaining.isascii() and remaining.isdigit():
            self._api.learn(call.limits[0], calls=None, remaining=int(remaining))

    def _is_own(self, address: str) -> bool:
        try:
            return _canonical(parse_origin(address)) == _canonical(self.config.api_origin)
        except ValueError:
            return False


def malformed(purpose: str) -> RetryLater:
    """The failure of an answer that isn't what was asked for."""
    return RetryLater(f"PostHog's answer can't be read ({purpose})", code="malformed_answer")


def _json_object(answer: ServiceAnswer) -> Mapping[str, object] | None:
    try:
        value = answer.json()
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _canonical(origin: Origin) -> Origin:
    return Origin(origin.scheme, canonical_host(origin.host), origin.port)
