"""How complete a day's figures are, by its age: incomplete, restated a few days more, then final (PROVIDERS 2.2, 2.3).

A day of age 0 to `finalAfterDays` - 1 is incomplete and shown with `dataState` all only. The `restatedDays` days after
that are shown as final, yet their figures still grow. Each day short of being settled withholds a tenth of a figure's
clicks and impressions, and one in twenty of the figures altogether.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from zlib import crc32

from tests.simulators.google_search_console.facts import Day, Figures
from tests.simulators.google_search_console.switches import SearchConsoleSwitches


@dataclass(frozen=True, slots=True)
class Recency:
    """Judges days as of `today`, the day it is in Pacific time."""

    today: date
    switches: SearchConsoleSwitches

    @property
    def first_incomplete(self) -> date:
        """The first day that isn't final."""
        return self.today - timedelta(days=self.switches.final_after_days - 1)

    def shown(self, first: date, last: date, *, with_fresh: bool) -> tuple[date, date]:
        """The part of a range that has figures at all; its last day may come before its first."""
        newest = self.today if with_fresh else self.first_incomplete - timedelta(days=1)
        return max(first, self.today - timedelta(days=self.switches.history_days)), min(last, newest)

    def as_known(self, day: date, facts: Day) -> Day:
        """The day's figures as far as they are known today."""
        settled_after = self.switches.final_after_days + self.switches.restated_days
        short = min(settled_after - (self.today - day).days, 9)
        if short <= 0 or not self.switches.restatement:
            return facts
        return {
            key: Figures(value.clicks * (10 - short) // 10, -(-value.impressions * (10 - short) // 10), value.position)
            for key, value in facts.items()
            if crc32(f"{key.page} {key.query} {key.country}".encode()) % 20 >= short
        }
