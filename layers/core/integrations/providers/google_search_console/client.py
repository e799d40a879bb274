"""Search Console's HTTP API, as far as it is used: reports, one property, the list of properties.

https://developers.google.com/webmaster-tools/v1/api_reference_index; quotas: …/webmaster-tools/limits
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from integrations.domain.errors import RetryLater
from integrations.providers.access_tokens import AccessToken
from integrations.providers.calls import ServiceAnswer, ServiceCall
from integrations.providers.connection import ConnectionSettings
from integrations.providers.google_search_console.credentials import SearchConsoleCredentials
from integrations.providers.google_search_console.errors import Recovery, read_fault
from integrations.providers.google_search_console.spec import API_HOST, SearchConsoleConfig
from integrations.providers.google_search_console.tokens import TRANSIENT_STATUSES, TokenEndpoint
from integrations.providers.http import ServiceClient
from integrations.providers.pacing import RateLimit
from integrations.providers.redaction import redacted
from integrations.providers.retries import Repeatable

ROWS_PER_REPORT = 25_000
REPORTS_OF_USER = RateLimit("google_search_console-reports", calls=1_200, window_seconds=60.0)
"""The same number holds for each property, under a name of its own."""
OTHER_PER_MINUTE = RateLimit("google_search_console-other-minute", calls=200, window_seconds=60.0)
OTHER_PER_SECOND = RateLimit("google_search_console-other-second", calls=20, window_seconds=1.0)
UNVERIFIED_USER = "siteunverifieduser"
_SITES = "/webmasters/v3/sites"
_USER_AGENT = "wiserows-integrations (gzip)"
"""Google compresses only for clients whose name says so: https://developers.google.com/webmaster-tools/v1/performance"""


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """A page of a report on the days `first` to `last` (`YYYY-MM-DD`); `filters` holds a dimension's only value."""

    first: str
    last: str
    type: str
    dimensions: tuple[str, ...]
    start_row: int = 0
    row_limit: int = ROWS_PER_REPORT
    is_final: bool = True
    filters: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> bytes:
        """As it is sent."""
        value: dict[str, Any] = {
            "startDate": self.first,
            "endDate": self.last,
            "dimensions": list(self.dimensions),
            "type": self.type,
            "dataState": "final" if self.is_final else "all",
            "rowLimit": self.row_limit,
            "startRow": self.start_row,
        }
        if self.filters:
            filters = [
                {"dimension": name, "operator": "equals", "expression": text} for name, text in self.filters.items()
            ]
            value["dimensionFilterGroups"] = [{"groupType": "and", "filters": filters}]
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Report:
    """`rows` are documents: the dimensions asked for, then the figures. `first_incomplete` is the first day that isn't
    final, where the answer names it."""

    rows: list[dict[str, Any]]
    first_incomplete: str | None


class SearchConsoleClient:
    """One property. Raises `ServiceError`s."""

    def __init__(
        self, config: SearchConsoleConfig, credentials: SearchConsoleCredentials, settings: ConnectionSettings
    ) -> None:
        self.settings = settings
        self.config = config
        self.service_account = credentials.service_account.client_email if credentials.service_account else None
        self._http = ServiceClient(
            "Google Search Console",
            config.origin,
            (API_HOST,),
            settings,
            headers={"Accept": "application/json", "User-Agent": _USER_AGENT},
        )
        self._tokens = TokenEndpoint(credentials, settings)
        self._site = f"{_SITES}/{quote(config.site_url, safe='')}"
        reports_of_site = replace(REPORTS_OF_USER, name=f"{REPORTS_OF_USER.name}-{config.site_url}")
        self._report_limits = (reports_of_site, REPORTS_OF_USER)

    def report(self, request: ReportRequest, deadline: float) -> Report:
        """The page's rows; none where there are no more."""
        call = ServiceCall(
            purpose="report",
            method="POST",
            path=f"{self._site}/searchAnalytics/query",
            body=request.body(),
            headers={"Content-Type": "application/json"},
            limits=self._report_limits,
            repeatable=Repeatable.ALWAYS,
            transient_statuses=TRANSIENT_STATUSES,
        )
        body = self._value(call, deadline)
        rows = _list(body.get("rows"))
        documents = None if rows is None else [_document(row, request.dimensions) for row in rows]
        if documents is None or not all(documents):
            raise self._malformed(call)
        return Report([document for document in documents if document], _first_incomplete(body.get("metadata")))

    def permission_level(self, deadline: float, *, attempts_maximum: int | None = None) -> str:
        """What the credentials may do with the property, in lower case and without underscores."""
        call = self._other_call("property", self._site, attempts_maximum)
        level = self._value(call, deadline).get("permissionLevel")
        if not isinstance(level, str):
            raise self._malformed(call)
        return level.replace("_", "").lower()

    def site_urls(self, deadline: float) -> list[str]:
        """The names of all properties that the credentials see."""
        call = self._other_call("properties", _SITES)
        entries = _list(self._value(call, deadline).get("siteEntry")) or []
        urls = [entry.get("siteUrl") for entry in entries if isinstance(entry, dict)]
        return [self._tokens.redact(url) for url in urls if isinstance(url, str)]

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()
        self._tokens.close()

    def _other_call(self, purpose: str, path: str, attempts_maximum: int | None = None) -> ServiceCall:
        return ServiceCall(
            purpose=purpose,
            method="GET",
            path=path,
            limits=(OTHER_PER_MINUTE, OTHER_PER_SECOND),
            repeatable=Repeatable.ALWAYS,
            transient_statuses=TRANSIENT_STATUSES,
            attempts_maximum=attempts_maximum,
        )

    def _value(self, call: ServiceCall, deadline: float) -> Mapping[str, Any]:
        """The answer's object. A refused access token is replaced once: it may have ended, or been revoked."""
        token = self._tokens.token(deadline, attempts_maximum=call.attempts_maximum)
        answer = self._send(call, token, deadline)
        if answer.status == 401:
            token = self._tokens.token(deadline, refused=token, attempts_maximum=call.attempts_maximum)
            answer = self._send(call, token, deadline)
        if answer.status != 200:
            self._refuse(call, answer, token)
        try:
            value = answer.json()
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise self._malformed(call)
        return value

    def _send(self, call: ServiceCall, token: AccessToken, deadline: float) -> ServiceAnswer:
        bearer = {"Authorization": f"Bearer {token.secret.get_secret_value()}"}
        return self._http.send(replace(call, headers={**call.headers, **bearer}), deadline)

    def _refuse(self, call: ServiceCall, answer: ServiceAnswer, token: AccessToken) -> None:
        fault = read_fault(answer, lambda text: redacted(self._tokens.redact(text), (token.secret,)))
        if fault.recovery is Recovery.NEXT_MINUTE:
            for limit in call.limits:
                self._http.learn(limit, calls=None, remaining=0)
        raise fault.error(self.settings.unix_time())

    def _malformed(self, call: ServiceCall) -> RetryLater:
        return RetryLater(f"Google Search Console's answer can't be read ({call.purpose})", code="malformed_answer")


def _document(row: object, dimensions: Sequence[str]) -> dict[str, Any] | None:
    """The row as mappings read it, or None if it is none. Counts are whole numbers, though Google writes 3.0."""
    keys = row.get("keys") if isinstance(row, dict) else None
    if not isinstance(row, dict) or not isinstance(keys, list) or len(keys) != len(dimensions):
        return None
    figures = {name: row.get(name, 0) for name in ("clicks", "impressions", "ctr")}
    if "position" in row:
        figures["position"] = row["position"]
    if not all(isinstance(key, str) for key in keys) or not all(_is_figure(value) for value in figures.values()):
        return None
    counts = {name: _whole(figures[name]) for name in ("clicks", "impressions")}
    return {**dict(zip(dimensions, keys, strict=True)), **figures, **counts}


def _is_figure(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _whole(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value


def _first_incomplete(metadata: object) -> str | None:
    """Google's reference writes the name in two ways."""
    if not isinstance(metadata, dict):
        return None
    day = metadata.get("firstIncompleteDate") or metadata.get("first_incomplete_date")
    return day if isinstance(day, str) else None


def _list(value: object) -> list[Any] | None:
    """Google leaves out a list that is empty."""
    if value is None:
        return []
    return value if isinstance(value, list) else None
