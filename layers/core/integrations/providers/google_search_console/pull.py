"""Rows as records, in the order of their days.

A row is known by its search type and dimensions: figures are corrected for some days after, and replace each other.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from integrations.providers.contract import PullPage, RemoteRecord
from integrations.providers.google_search_console.client import ReportRequest, SearchConsoleClient
from integrations.providers.google_search_console.pacific import months_before, pacific_day
from integrations.providers.google_search_console.reports import DayPage, DayPlace, DayReports
from integrations.providers.google_search_console.spec import DIMENSIONS, ROW, SEARCH_TYPES, SearchConsoleConfig

ROWS_PER_PAGE = 1_000
HISTORY_MONTHS = 16
"""Older days have no rows."""
ROWS_PER_LOOKUP = 1_000
"""More than any filter of all dimensions leaves: texts that differ in case alone."""


class RowPages:
    """The property's rows. A report brings far more of them than are written between two checkpoints, so it is kept and
    handed on in parts; whoever goes on after an end reads it once more."""

    def __init__(self, client: SearchConsoleClient) -> None:
        self._client = client
        self._dimensions = tuple(client.config.dimensions)
        self._reports = DayReports(client, self._dimensions)
        self._kept: tuple[DayPlace, DayPage] | None = None

    def page(self, cursor: Mapping[str, Any], deadline: float) -> PullPage:
        """The rows at the cursor. The service's time is the greatest day that has had rows."""
        place, part = DayPlace.of(cursor), cursor["part"]
        report = self._report(place, part, deadline)
        rows = report.rows[part * ROWS_PER_PAGE : (part + 1) * ROWS_PER_PAGE]
        service_time = cursor["serviceTime"]
        if rows:
            service_time = max(place.day, service_time or "")
        search_type = self._client.config.search_type
        records = tuple(_record(search_type, self._dimensions, row) for row in rows)
        if (part + 1) * ROWS_PER_PAGE < len(report.rows):
            return PullPage(records, {**cursor, "part": part + 1, "serviceTime": service_time}, service_time)
        following = report.following
        next_cursor = {**following.cursor(), "part": 0, "serviceTime": service_time} if following else None
        return PullPage(records, next_cursor, service_time, report.notices)

    def _report(self, place: DayPlace, part: int, deadline: float) -> DayPage:
        """The report at the place, read for its first part and kept for the others. Its rows are in an order of our
        own: rows with equal clicks may come in any."""
        if part == 0 or self._kept is None or self._kept[0] != place:
            page = self._reports.page(place, deadline)
            rows = sorted(page.rows, key=lambda row: tuple(row[name] for name in self._dimensions))
            self._kept = (place, replace(page, rows=rows))
        return self._kept[1]


def first_cursor(config: SearchConsoleConfig, watermark: str | None, now: float) -> dict[str, Any]:
    """The first day to read: the configured one, or as far back as there is history; later, some days before the
    watermark. Reads up to today (`now` is Unix time): days that aren't final yet have no rows."""
    today = pacific_day(now)
    first = months_before(today, HISTORY_MONTHS)
    if config.start_date:
        first = max(first, date.fromisoformat(config.start_date))
    if watermark is not None:
        first = max(first, date.fromisoformat(watermark) - timedelta(days=config.lookback_days))
    first = min(first, today)
    return {**DayPlace(first.isoformat(), today.isoformat()).cursor(), "part": 0, "serviceTime": watermark}


def external_id(search_type: str, dimensions: Mapping[str, str]) -> str:
    """The row's id: JSON of what tells it apart, whatever the order in which it was asked for."""
    return json.dumps({"type": search_type, **dimensions}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class RowLookup:
    """Reads rows by id, each by a report on its day that its dimensions filter."""

    client: SearchConsoleClient

    def read(self, external_ids: Sequence[str], deadline: float) -> dict[str, RemoteRecord]:
        """The rows that exist."""
        found = {}
        for row_id in dict.fromkeys(external_ids):
            record = self._read(row_id, deadline)
            if record is not None:
                found[row_id] = record
        return found

    def _read(self, row_id: str, deadline: float) -> RemoteRecord | None:
        parts = _parsed(row_id)
        if parts is None:
            return None
        search_type, dimensions = parts
        request = ReportRequest(
            first=dimensions["date"],
            last=dimensions["date"],
            type=search_type,
            dimensions=tuple(dimensions),
            row_limit=ROWS_PER_LOOKUP,
            filters={name: text for name, text in dimensions.items() if name != "date"},
        )
        report = self.client.report(request, deadline)
        records = (_record(search_type, request.dimensions, row) for row in report.rows)
        return next((record for record in records if record.external_id == row_id), None)


def _record(search_type: str, dimensions: Sequence[str], row: Mapping[str, Any]) -> RemoteRecord:
    return RemoteRecord(external_id(search_type, {name: row[name] for name in dimensions}), ROW, row)


def _parsed(row_id: str) -> tuple[str, dict[str, str]] | None:
    """The search type and the dimensions of an id, or None if no row can have it."""
    try:
        value = json.loads(row_id)
        parts = {name: value.pop(name) for name in ("type", *DIMENSIONS) if name in value}
        is_day = date.fromisoformat(parts["date"]).isoformat() == parts["date"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    search_type = parts.pop("type", None)
    if value or not is_day or search_type not in SEARCH_TYPES or not all(isinstance(v, str) for v in parts.values()):
        return None
    return search_type, parts
