"""A day's rows, page by page, and the notice that a day has more of them than Google shows.

One day a report, as Google advises: https://developers.google.com/webmaster-tools/v1/how-tos/all-your-data
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from integrations.domain.errors import PayloadTooLarge, RetryLater
from integrations.providers.contract import Notice
from integrations.providers.google_search_console.client import (
    ROWS_PER_REPORT,
    Report,
    ReportRequest,
    SearchConsoleClient,
)

ROWS_PER_DAY_SHOWN = 50_000
"""Of a day and search type Google shows no more rows, those with most clicks."""


@dataclass(frozen=True, slots=True)
class DayPlace:
    """Where in the days `day` to `last` the reading is: `start_row` rows of `day` are read, of which `first_row` began
    the page before. As a cursor it is plain JSON."""

    day: str
    last: str
    start_row: int = 0
    first_row: tuple[str, ...] = ()

    @classmethod
    def of(cls, cursor: Mapping[str, Any]) -> "DayPlace":
        """The place that a cursor stands for."""
        return cls(cursor["day"], cursor["last"], cursor["startRow"], tuple(cursor["firstRow"]))

    def cursor(self) -> dict[str, Any]:
        """What `of` reads."""
        return {"day": self.day, "last": self.last, "startRow": self.start_row, "firstRow": list(self.first_row)}

    def next_day(self) -> "DayPlace | None":
        """The beginning of the following day, None after the last."""
        following = (date.fromisoformat(self.day) + timedelta(days=1)).isoformat()
        return DayPlace(following, self.last) if following <= self.last else None


@dataclass(frozen=True, slots=True)
class DayPage:
    """Rows of one day, the place after them, and what there is to say of the day once it is read."""

    rows: list[dict[str, Any]]
    following: DayPlace | None
    notices: tuple[Notice, ...]


class DayReports:
    """Reads days of one property and search type, grouped by `dimensions`. An answer too large makes this and later
    pages smaller."""

    def __init__(self, client: SearchConsoleClient, dimensions: tuple[str, ...]) -> None:
        self._client = client
        self._dimensions = dimensions
        self._row_limit = ROWS_PER_REPORT

    def page(self, place: DayPlace, deadline: float) -> DayPage:
        """The rows at the place. A full page has another after it; a short or empty one ends the day. Raises
        `RetryLater` rather than read a page twice."""
        report, asked = self._report(place, deadline)
        count = len(report.rows)
        if count < asked:
            return DayPage(report.rows, place.next_day(), self._notices(place.day, place.start_row + count))
        first_row = tuple(report.rows[0][name] for name in self._dimensions)
        if first_row == place.first_row:
            raise RetryLater("Google Search Console gave the same rows twice", code="repeated_page")
        following = replace(place, start_row=place.start_row + count, first_row=first_row)
        return DayPage(report.rows, following, ())

    def _report(self, place: DayPlace, deadline: float) -> tuple[Report, int]:
        """The report, and how many rows it was asked for."""
        while True:
            request = ReportRequest(
                first=place.day,
                last=place.day,
                type=self._client.config.search_type,
                dimensions=self._dimensions,
                start_row=place.start_row,
                row_limit=self._row_limit,
            )
            try:
                return self._client.report(request, deadline), request.row_limit
            except PayloadTooLarge:
                if self._row_limit == 1:
                    raise
                self._row_limit //= 2

    def _notices(self, day: str, rows: int) -> tuple[Notice, ...]:
        if rows < ROWS_PER_DAY_SHOWN:
            return ()
        search_type = self._client.config.search_type
        message = (
            f"{day}: Google shows at most {ROWS_PER_DAY_SHOWN:,} rows of a day and search type ({search_type}), those "
            "with most clicks, and this day has that many. Rows beyond them can't be read, so its sums may be too low; "
            "fewer dimensions give fewer rows."
        )
        return (Notice(f"rows-not-shown-{search_type}-{day}", message),)
