"""Search Console as the conformance suite needs it, around its simulator: at noon of 10 February 2026 in California."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from integrations.domain.integration import Integration
from integrations.providers.connection import ConnectionSettings
from integrations.providers.google_search_console.provider import SearchConsoleProvider
from integrations.providers.google_search_console.pull import external_id
from integrations.providers.registry import connect
from tests.contract.providers.kit import ServiceKit
from tests.simulators.google_search_console.accounts import account_to_json, new_key_file
from tests.simulators.process import RunningSimulator, start_simulator

NOW = datetime(2026, 2, 10, 20, tzinfo=UTC)
SITE = "sc-domain:example.com"
READER = "reader@simproject.iam.gserviceaccount.com"
FIRST_DAY = date(2026, 2, 2)
ROWS_PER_DAY = 3
FINAL_DAYS = 4
REPORTS_PATH = "searchAnalytics"
SITES_PATH = "/webmasters/v3/sites/"
CONSENT = {"clientId": "sim-client", "clientSecret": "sim-secret", "refreshToken": "sim-refresh"}


@dataclass(frozen=True, slots=True)
class SearchConsole:
    """The simulator, a key file that it knows, and one of the same account that it doesn't."""

    simulator: RunningSimulator
    key_file: Mapping[str, str]
    foreign_key_file: Mapping[str, str]

    @property
    def url(self) -> str:
        return self.simulator.url

    @property
    def admin(self):
        return self.simulator.admin

    def start_over(self) -> None:
        """Nothing seeded, no faults, the clock at `NOW`."""
        self.admin.reset()
        self.admin.set_clock(now=NOW.isoformat(), frozen=True)

    def seed(self, **what: Any) -> int:
        """Rows, properties or generators."""
        return self.admin.call("POST", "seed", what)["seeded"]

    def reports(self) -> list[dict[str, Any]]:
        """The log's reports."""
        return self.admin.requests(REPORTS_PATH)


def start_search_console() -> SearchConsole:
    """The simulator, with one account."""
    account, key_file = new_key_file(READER, "")
    _, foreign = new_key_file(READER, "")
    config = {"serviceAccounts": [account_to_json(account)], "authByServiceClock": True}
    simulator = start_simulator("google_search_console", config=config)
    token_uri = {"token_uri": f"{simulator.url}/token"}
    return SearchConsole(simulator, key_file | token_uri, foreign | token_uri)


def settings_for(console: SearchConsole) -> ConnectionSettings:
    """Settings that list the simulator's address; repetitions follow at once, at `NOW`."""
    return ConnectionSettings(
        listed_addresses=(console.url.removeprefix("http://"),),
        random=lambda: 0.0,
        unix_time=NOW.timestamp,
        call_seconds_maximum=30.0,
    )


def open_search_console(
    console: SearchConsole,
    settings: ConnectionSettings | None = None,
    credentials: Mapping[str, Any] | None = None,
    **config: Any,
) -> SearchConsoleProvider:
    """A provider of the simulator's property."""
    values = {"siteUrl": SITE, "apiHost": console.url, "entityTypes": {"metric": "row"}, **config}
    integration = Integration("demo", "int_1", "google_search_console", "Search", "active", values, (), 0, 0)
    keys = credentials or {"serviceAccount": dict(console.key_file)}
    provider = connect(integration, json.dumps(keys).encode(), settings or settings_for(console))
    assert isinstance(provider, SearchConsoleProvider)
    return provider


def row(day: date | str, page: str, clicks: int = 1, impressions: int = 10, **more: Any) -> dict[str, Any]:
    """A row to seed; listed, since it has a query."""
    figures = {"clicks": clicks, "impressions": impressions, "position": 4.5}
    return {"siteUrl": SITE, "date": str(day), "page": page, "query": "q", **figures, **more}


def pulled(provider: SearchConsoleProvider, watermark: str | None = None):
    """All records of a pull, and its pages."""
    cursor, pages = provider.first_cursor(watermark), []
    while cursor is not None:
        pages.append(provider.pull_page(["row"], json.loads(json.dumps(cursor))))
        cursor = pages[-1].next_cursor
    return [record for page in pages for record in page.records], pages


def search_console_kit(console: SearchConsole) -> ServiceKit:
    """The kit."""
    settings = settings_for(console)

    def open_with(settings: ConnectionSettings, refused: bool) -> SearchConsoleProvider:
        key_file = console.foreign_key_file if refused else console.key_file
        credentials = {"serviceAccount": dict(key_file)}
        return open_search_console(console, settings, credentials, startDate=FIRST_DAY.isoformat())

    def seed(records: int) -> list[str]:
        rows_per_day = max(ROWS_PER_DAY, records // FINAL_DAYS + 1)
        places = [
            (str(FIRST_DAY + timedelta(days=number // rows_per_day)), f"https://example.com/{number}")
            for number in range(records)
        ]
        console.seed(rows=[row(day, page) for day, page in places])
        return [external_id("web", {"date": day, "page": page}) for day, page in places]

    return ServiceKit(
        admin=console.admin,
        open_with=open_with,
        settings=settings,
        secrets=(console.key_file["private_key"], console.foreign_key_file["private_key"]),
        remote_types=("row",),
        first_check_path=SITES_PATH,
        pull_path=REPORTS_PATH,
        read_path=REPORTS_PATH,
        seed=seed,
        page_records=ROWS_PER_DAY,
        requests_when_empty=9,
    )
