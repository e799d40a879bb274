"""The figures behind the reports: one per site, search type, day and combination of dimensions."""

import threading
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from tests.simulators.google_search_console.enums import SEARCH_TYPES, normalized

KEYS = frozenset(
    {"siteUrl", "type", "date", "hour", "page", "query", "country", "device", "searchAppearance"}
    | {"clicks", "impressions", "position"}
)


class FactKey(NamedTuple):
    """What a figure is for. `query` "" is an anonymised one; `appearance` "" none; `hour` -1 is any hour."""

    page: str
    query: str = ""
    country: str = "zzz"
    device: str = "DESKTOP"
    appearance: str = ""
    hour: int = -1


class Figures(NamedTuple):
    """What is measured; `position` is the average over the impressions."""

    clicks: int
    impressions: int
    position: float


Day = dict[FactKey, Figures]
DayKey = tuple[str, str, date]


class FactStore:
    """Figures by (site, search type, day). `version` changes with every change."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.version = 0
        self._days: dict[DayKey, Day] = {}

    def clear(self) -> None:
        """Forgets everything."""
        with self.lock:
            self._days.clear()
            self.version += 1

    def put(self, where: DayKey, figures: Mapping[FactKey, Figures]) -> None:
        """Adds figures to a day, replacing those of the same key; without impressions, a figure goes."""
        with self.lock:
            day = self._days.setdefault(where, {})
            day.update(figures)
            for key in [key for key, value in figures.items() if value.impressions <= 0]:
                del day[key]
            self.version += 1

    def days(self, site_url: str, search_type: str, first: date, last: date) -> list[tuple[date, Day]]:
        """The days from `first` to `last`, both included, that have figures; oldest first. Read under the lock."""
        found = [
            (day, figures)
            for (site, kind, day), figures in self._days.items()
            if site == site_url and kind == search_type and first <= day <= last
        ]
        return sorted(found, key=lambda item: item[0])

    def export(self, site_url: str = "", search_type: str = "", day: str = "") -> list[dict[str, Any]]:
        """Rows in the form that `rows_from_json` reads, sorted; the arguments choose."""
        with self.lock:
            return [
                _row(where, key, figures)
                for where, facts in sorted(self._days.items())
                if site_url in ("", where[0]) and search_type in ("", where[1]) and day in ("", str(where[2]))
                for key, figures in sorted(facts.items())
            ]

    def export_state(self) -> list[dict[str, Any]]:
        """Everything, as compact JSON for `load`."""
        with self.lock:
            return [
                {"where": [site, kind, str(day)], "facts": [[*key, *figures] for key, figures in facts.items()]}
                for (site, kind, day), facts in sorted(self._days.items())
            ]

    def load(self, state: Iterable[Mapping[str, Any]]) -> None:
        """Takes up what `export_state` gave."""
        for entry in state:
            site, kind, day = entry["where"]
            figures = {FactKey(*values[:6]): Figures(*values[6:]) for values in entry["facts"]}
            self.put((site, kind, date.fromisoformat(day)), figures)


def rows_from_json(values: Any) -> dict[DayKey, Day]:
    """Reads rows `{"siteUrl", "date", "page", "clicks", "impressions", …}`. Raises `ValueError`."""
    if not isinstance(values, Iterable) or isinstance(values, str | Mapping):
        message = "rows must be a list of {siteUrl, date, page, clicks, impressions, …}"
        raise ValueError(message)
    days: dict[DayKey, Day] = {}
    for value in values:
        if set(value) - KEYS:
            message = f"a row takes {sorted(KEYS)}, got {sorted(value)}"
            raise ValueError(message)
        kind = normalized(value.get("type", "web"), SEARCH_TYPES)
        where = (value["siteUrl"], kind, date.fromisoformat(value["date"]))
        figures = Figures(value["clicks"], value["impressions"], float(value.get("position", 1.0)))
        days.setdefault(where, {})[_fact_key(value)] = figures
    return days


def _fact_key(value: Mapping[str, Any]) -> FactKey:
    return FactKey(
        value["page"],
        value.get("query", ""),
        value.get("country", "zzz").lower(),
        value.get("device", "DESKTOP").upper(),
        value.get("searchAppearance", ""),
        value.get("hour", -1),
    )


def _row(where: DayKey, key: FactKey, figures: Figures) -> dict[str, Any]:
    named = key._asdict()
    named["searchAppearance"] = named.pop("appearance")
    return {"siteUrl": where[0], "type": where[1], "date": str(where[2]), **named, **figures._asdict()}
