"""Quotas in sliding windows, counted by arrival; what is refused isn't counted (PROVIDERS 2.5).

Windows of a second, a minute and the project's day keep to the real clock. The load quota's ten minutes and day keep
to the service's, so that a test can wait a quarter of an hour by moving it.
"""

import threading
from collections import deque
from dataclasses import dataclass

from tests.simulators.exchange import Answer
from tests.simulators.google_search_console.errors import Refused, api_error
from tests.simulators.google_search_console.report_request import ReportQuery
from tests.simulators.google_search_console.switches import SearchConsoleSwitches

MINUTE, TEN_MINUTES, DAY = 60.0, 600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Demand:
    """So many units of what `name` may use in `seconds`; `now` is by whichever clock counts."""

    name: str
    seconds: float
    limit: int
    now: float
    refusal: Answer
    units: int = 1


class Quotas:
    """What was used, by name and window."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: dict[tuple[str, float], deque[tuple[float, int]]] = {}
        self._sums: dict[tuple[str, float], int] = {}

    def clear(self) -> None:
        """Forgets every use."""
        with self._lock:
            self._used.clear()
            self._sums.clear()

    def take(self, *demands: Demand) -> None:
        """Takes all of it, or raises `Refused` with the refusal of the first that doesn't fit."""
        with self._lock:
            for demand in demands:
                if self._sum(demand) + demand.units > demand.limit:
                    raise Refused(demand.refusal)
            for demand in demands:
                window = (demand.name, demand.seconds)
                self._used[window].append((demand.now, demand.units))
                self._sums[window] += demand.units

    def _sum(self, demand: Demand) -> int:
        window = (demand.name, demand.seconds)
        used = self._used.setdefault(window, deque())
        self._sums.setdefault(window, 0)
        while used and demand.now - used[0][0] >= demand.seconds:
            self._sums[window] -= used.popleft()[1]
        return self._sums[window]


def search_demands(site_url: str, email: str, switches: SearchConsoleSwitches, now: float) -> list[Demand]:
    """What any call of `searchAnalytics.query` takes."""
    if not switches.quotas:
        return []
    reason = switches.minute_quota_reason
    minute = api_error(switches.minute_quota_status, "quotaExceeded.qps" if reason == "quotaExceeded" else reason)
    return [
        Demand(f"site {site_url}", MINUTE, switches.site_queries_per_minute, now, minute),
        Demand(f"user {email}", MINUTE, switches.user_queries_per_minute, now, minute),
        Demand("project", MINUTE, switches.project_queries_per_minute, now, minute),
        Demand("project", DAY, switches.project_queries_per_day, now, api_error(403, "dailyLimitExceeded")),
    ]


def load_demands(site_url: str, query: ReportQuery, switches: SearchConsoleSwitches, now: float) -> list[Demand]:
    """What a query takes of the load quota of its site."""
    if not switches.quotas or not switches.load_quotas:
        return []
    status, units = switches.load_quota_status, load_units(query, switches.history_days)
    short, long = api_error(status, "quotaExceeded"), api_error(status, "quotaExceeded.day")
    name = f"load {site_url}"
    return [
        Demand(name, TEN_MINUTES, switches.load_per_ten_minutes, now, short, units),
        Demand(name, DAY, switches.load_per_day, now, long, units),
    ]


def other_demands(email: str, switches: SearchConsoleSwitches, now: float) -> list[Demand]:
    """What a call of any other method takes."""
    if not switches.quotas:
        return []
    refusal = api_error(429, "rateLimitExceeded")
    return [
        Demand(f"other {email}", 1.0, switches.other_per_second, now, refusal),
        Demand(f"other {email}", MINUTE, switches.other_per_minute, now, refusal),
    ]


def load_units(query: ReportQuery, most_days: int) -> int:
    """A unit for a day; two where pages or queries are involved, ten where both are. Google publishes no numbers."""
    days = min((query.end - query.start).days + 1, most_days)
    return days * (1, 2, 10)[len({"page", "query"} & query.involved)]
