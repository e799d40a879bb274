"""Makes a report from the figures: grouped, cut at the rows a day exposes, sorted (PROVIDERS 2.2, 2.3)."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zlib import crc32

from tests.simulators.google_search_console.facts import Day, FactKey, FactStore
from tests.simulators.google_search_console.filters import condition
from tests.simulators.google_search_console.pacific import hour_text
from tests.simulators.google_search_console.recency import Recency
from tests.simulators.google_search_console.report_request import ReportQuery, ReportRequest

REPORTS_KEPT = 8
DAYS_WITH_HOURS = 10

Keys = tuple[str, ...]
Sums = tuple[int, int, float]
"""Clicks, impressions, and the positions' sum over the impressions."""
Row = tuple[Keys, Sums]


@dataclass(frozen=True, slots=True)
class Reporter:
    """Answers queries about one site as of one day. `kept` holds the last reports, for their next pages."""

    facts: FactStore
    kept: OrderedDict[Any, list[Row]]
    recency: Recency

    def answer(self, site_url: str, request: ReportRequest) -> dict[str, Any]:
        """The body of the answer; without rows it has none of `rows`."""
        query = request.query
        body: dict[str, Any] = {}
        rows = self._rows(site_url, query)[request.start_row : request.start_row + request.row_limit]
        if rows:
            body["rows"] = [_as_json(row) for row in rows]
        body["responseAggregationType"] = query.response_aggregation
        metadata = self._metadata(query)
        return {**body, "metadata": metadata} if metadata else body

    def _rows(self, site_url: str, query: ReportQuery) -> list[Row]:
        with self.facts.lock:
            name = (self.facts.version, self.recency, site_url, query)
            if name not in self.kept:
                self.kept[name] = self._built(site_url, query)
                while len(self.kept) > REPORTS_KEPT:
                    self.kept.popitem(last=False)
            return self.kept[name]

    def _built(self, site_url: str, query: ReportQuery) -> list[Row]:
        first, last = self.recency.shown(query.start, query.end, with_fresh=query.data_state != "final")
        if "hour" in query.dimensions:
            first = max(first, self.recency.today - timedelta(days=DAYS_WITH_HOURS - 1))
        rows: list[Row] = []
        for day, facts in self.facts.days(site_url, query.type, first, last):
            rows += self._of_a_day(day, self.recency.as_known(day, facts), query)
        if "date" not in query.dimensions:
            rows = list(_summed(rows).items())
        rows.sort(key=self._order)
        return rows

    def _of_a_day(self, day: date, facts: Day, query: ReportQuery) -> Iterable[Row]:
        keys_of, is_meant = _keys_of(query.dimensions, day), _is_meant(query)
        exposed = _summed(
            (keys_of(key), (value.clicks, value.impressions, value.position * value.impressions))
            for key, value in facts.items()
            if is_meant is None or is_meant(key)
        )
        most = self.recency.switches.rows_per_day
        if not self.recency.switches.day_ceiling or len(exposed) <= most:
            return exposed.items()
        return sorted(exposed.items(), key=self._order)[:most]

    def _order(self, row: Row) -> tuple[int, int, Keys]:
        shuffled = crc32("\0".join(row[0]).encode()) if self.recency.switches.shuffle_ties else 0
        return -row[1][0], shuffled, row[0]

    def _metadata(self, query: ReportQuery) -> dict[str, str]:
        incomplete = self.recency.first_incomplete
        if query.data_state == "final" or query.end < incomplete or query.start > self.recency.today:
            return {}
        first = max(incomplete, query.start)
        if query.data_state == "hourly_all" and "hour" in query.dimensions:
            return {"firstIncompleteHour": hour_text(first, 0)}
        return {"firstIncompleteDate": str(first)} if "date" in query.dimensions else {}


def _keys_of(dimensions: tuple[str, ...], day: date) -> Callable[[FactKey], Keys]:
    text = str(day)
    readers: dict[str, Callable[[FactKey], str]] = {
        "date": lambda _: text,
        "hour": lambda key: hour_text(day, key.hour if key.hour >= 0 else crc32(key.page.encode()) % 24),
        "page": lambda key: key.page,
        "query": lambda key: key.query,
        "country": lambda key: key.country,
        "device": lambda key: key.device,
        "searchAppearance": lambda key: key.appearance,
    }
    if dimensions == ("date", "page"):
        return lambda key: (text, key.page)
    chosen = [readers[name] for name in dimensions]
    return lambda key: tuple([read(key) for read in chosen])


def _is_meant(query: ReportQuery) -> Callable[[FactKey], bool] | None:
    """What a figure must meet; anonymised queries show neither grouped nor filtered by query. None: anything does."""
    meets = condition(query.filters)
    if "query" in query.involved:
        return lambda key: key.query != "" and meets(key)
    if "searchAppearance" in query.dimensions:
        return lambda key: key.appearance != "" and meets(key)
    return meets if query.filters else None


def _summed(rows: Iterable[Row]) -> dict[Keys, Sums]:
    sums: dict[Keys, Sums] = {}
    for keys, (clicks, impressions, positions) in rows:
        if keys in sums:
            before = sums[keys]
            sums[keys] = (before[0] + clicks, before[1] + impressions, before[2] + positions)
        else:
            sums[keys] = (clicks, impressions, positions)
    return sums


def _as_json(row: Row) -> dict[str, Any]:
    keys, (clicks, impressions, positions) = row
    figures = {
        "clicks": float(clicks),
        "impressions": float(impressions),
        "ctr": clicks / impressions,
        "position": positions / impressions,
    }
    return {"keys": list(keys), **figures} if keys else figures
