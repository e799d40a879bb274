"""Figures of pages over a window of days, for `match`: summed exactly, in whatever order the rows come."""

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from integrations.providers.contract import PullPage, RemoteRecord
from integrations.providers.google_search_console.client import ReportRequest, SearchConsoleClient
from integrations.providers.google_search_console.pacific import pacific_day
from integrations.providers.google_search_console.pull import external_id
from integrations.providers.google_search_console.reports import DayPlace, DayReports
from integrations.providers.google_search_console.spec import ROW

DIMENSIONS = ("date", "page")
RECENT_DAYS = 10
FINAL_AFTER_DAYS = 3
"""Figures become final two or three days after; said where the service names no day."""


class FigurePages:
    """The rows of the window's days by page, whatever dimensions are configured."""

    def __init__(self, client: SearchConsoleClient) -> None:
        self._client = client
        self._reports = DayReports(client, DIMENSIONS)

    def page(self, cursor: Mapping[str, Any], deadline: float) -> PullPage:
        """The rows at the cursor; at the first, which names no day, the window is found before."""
        place = DayPlace.of(cursor) if cursor["day"] else self._beginning(deadline)
        page = self._reports.page(place, deadline)
        search_type = self._client.config.search_type
        records = tuple(
            RemoteRecord(external_id(search_type, {name: row[name] for name in DIMENSIONS}), ROW, row)
            for row in page.rows
        )
        next_cursor = page.following.cursor() if page.following else None
        return PullPage(records, next_cursor, notices=page.notices)

    def _beginning(self, deadline: float) -> DayPlace:
        last = self._last_final_day(deadline)
        first = last - timedelta(days=self._client.config.window_days - 1)
        return DayPlace(first.isoformat(), last.isoformat())

    def _last_final_day(self, deadline: float) -> date:
        """The day before the first incomplete one; where none is named, the last that has rows."""
        today = pacific_day(self._client.settings.unix_time())
        request = ReportRequest(
            first=(today - timedelta(days=RECENT_DAYS - 1)).isoformat(),
            last=today.isoformat(),
            type=self._client.config.search_type,
            dimensions=("date",),
            is_final=False,
        )
        report = self._client.report(request, deadline)
        incomplete = _day(report.first_incomplete)
        if incomplete is not None:
            return incomplete - timedelta(days=1)
        days = [day for row in report.rows if (day := _day(row["date"])) is not None]
        return max(days, default=today - timedelta(days=FINAL_AFTER_DAYS))


class PageFigures:
    """The sum of one page's rows. Floats are exact fractions, so no order of adding them gives another sum."""

    __slots__ = ("_clicks", "_impressions", "_name", "_positions", "_ranked")

    def __init__(self, name: str) -> None:
        self._name = name
        self._clicks: int | Fraction = 0
        self._impressions: int | Fraction = 0
        self._ranked: int | Fraction = 0
        self._positions: int | Fraction = 0

    def add(self, document: Mapping[str, Any]) -> None:
        """Adds a row's figures. Positions weigh by impressions; a row without one has no part in them."""
        impressions = _exact(document["impressions"])
        self._clicks += _exact(document["clicks"])
        self._impressions += impressions
        if "position" in document:
            self._ranked += impressions
            self._positions += impressions * _exact(document["position"])

    def document(self) -> dict[str, Any]:
        """`{page, clicks, impressions, ctr, position}`; position is null without impressions."""
        return {
            "page": self._name,
            "clicks": _number(self._clicks),
            "impressions": _number(self._impressions),
            "ctr": float(Fraction(self._clicks) / Fraction(self._impressions)) if self._impressions else 0.0,
            "position": float(Fraction(self._positions) / Fraction(self._ranked)) if self._ranked else None,
        }


def _exact(value: float) -> int | Fraction:
    return value if isinstance(value, int) else Fraction(value)


def _number(value: int | Fraction) -> int | float:
    return int(value) if value == int(value) else float(value)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
