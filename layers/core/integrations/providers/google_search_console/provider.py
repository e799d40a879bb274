"""Search Console as the engine sees it: a service that gives rows, shows them by id, and measures pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.providers.connection import ConnectionSettings
from integrations.providers.contract import ConnectionReport, PullPage, RemoteRecord, ServiceField
from integrations.providers.google_search_console.check import ConnectionCheck
from integrations.providers.google_search_console.client import SearchConsoleClient
from integrations.providers.google_search_console.credentials import SearchConsoleCredentials
from integrations.providers.google_search_console.figures import FigurePages, PageFigures
from integrations.providers.google_search_console.pull import RowLookup, RowPages, first_cursor
from integrations.providers.google_search_console.spec import DIMENSIONS, FIGURES, SearchConsoleConfig

IDS_PER_LOOKUP = 10
"""Each takes a request, and those that name page and query cost most of the load quota."""


class SearchConsoleProvider:
    """One property: `PullProvider`, `RecordLookup` and `MeasuringProvider`. Each operation ends within the settings'
    `call_seconds_maximum`."""

    settling_ms = 0
    ids_per_lookup = IDS_PER_LOOKUP

    def __init__(self, client: SearchConsoleClient) -> None:
        self.canonical_address = client.config.canonical_address
        self._client = client
        self._deadline = client.settings.deadline
        self._rows = RowPages(client)
        self._lookup = RowLookup(client)
        self._figures = FigurePages(client)

    def check(self) -> ConnectionReport:
        """Asks for the property, and for more where that fails. Never raises."""
        return ConnectionCheck(self._client).report()

    def close(self) -> None:
        """Lets go of connections."""
        self._client.close()

    def first_cursor(self, watermark: str | None) -> Mapping[str, Any]:
        """The first day to read, from the watermark (a day) or from the beginning."""
        return first_cursor(self._client.config, watermark, self._client.settings.unix_time())

    def pull_page(self, remote_types: Sequence[str], cursor: Mapping[str, Any]) -> PullPage:
        """Rows of one day, at most 25,000."""
        return self._rows.page(cursor, self._deadline())

    def read_records(self, external_ids: Sequence[str]) -> Mapping[str, RemoteRecord]:
        """The rows that exist, by id, as they are now."""
        return self._lookup.read(external_ids, self._deadline())

    def first_figures_cursor(self) -> Mapping[str, Any]:
        """The beginning; the window's days are found with its first page."""
        return {"day": None}

    def figures_page(self, cursor: Mapping[str, Any]) -> PullPage:
        """Figures of pages on one day of the window, at most 25,000."""
        return self._figures.page(cursor, self._deadline())

    def figures_of(self, name: str) -> PageFigures:
        """An empty sum for a page."""
        return PageFigures(name)

    def fields(self) -> Sequence[ServiceField]:
        """What a row may have; which dimensions it does have, the configuration says. Makes no call."""
        texts = [ServiceField(name, "date" if name == "date" else "string") for name in DIMENSIONS]
        return [*texts, *(ServiceField(name, "number") for name in FIGURES)]


def connect(
    config: SearchConsoleConfig, credentials: SearchConsoleCredentials, settings: ConnectionSettings
) -> SearchConsoleProvider:
    """Opens the property; makes no call. Raises `ConfigurationRefused` for an address that may not be called."""
    return SearchConsoleProvider(SearchConsoleClient(config, credentials, settings))
