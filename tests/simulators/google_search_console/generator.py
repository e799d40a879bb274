"""Figures made from a short specification: 120,000 rows without sending 120,000 rows.

`{"siteUrl", "type"?, "days": {"2026-01-01": 60000, …}}` or, for as many rows on every day, `"startDate"`, `"endDate"`,
`"rowsPerDay"`. `pages` is the number of distinct pages (else each row has its own): row i is for page i % pages and
for query i // pages. `{n}` in `pageTemplate` and `queryTemplate` is the number. `seed` varies the figures.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import Any

from tests.simulators.google_search_console.enums import SEARCH_TYPES, normalized
from tests.simulators.google_search_console.facts import Day, DayKey, FactKey, Figures
from tests.simulators.switches import camel_case

ROWS_MAXIMUM = 5_000_000
MIXER, SECOND_MIXER, MASK = 2_654_435_761, 2_246_822_519, 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class GeneratorSpecification:
    """What to make. `days` says how many rows a day has; the other fields are as the module describes."""

    site_url: str
    type: str = "web"
    days: Mapping[str, int] = field(default_factory=dict)
    start_date: str = ""
    end_date: str = ""
    rows_per_day: int = 0
    pages: int = 0
    page_template: str = "https://www.example.com/articles/{n}"
    query_template: str = "query {n}"
    countries: tuple[str, ...] = ("usa", "deu", "gbr")
    devices: tuple[str, ...] = ("DESKTOP", "MOBILE", "TABLET")
    seed: int = 0

    def rows_by_day(self) -> dict[date, int]:
        """How many rows each day has."""
        rows = {date.fromisoformat(day): count for day, count in self.days.items()}
        if self.start_date:
            first, last = date.fromisoformat(self.start_date), date.fromisoformat(self.end_date or self.start_date)
            rows |= {first + timedelta(days=n): self.rows_per_day for n in range((last - first).days + 1)}
        return rows


def specification_from_json(value: Any) -> GeneratorSpecification:
    """Reads a specification. Raises `ValueError`, also for more rows than memory should hold."""
    names = {camel_case(each.name): each.name for each in fields(GeneratorSpecification)}
    if not isinstance(value, dict) or set(value) - set(names) or "siteUrl" not in value:
        message = f"a generator takes siteUrl and any of {sorted(names)}; got {value!r}"
        raise ValueError(message)
    given: dict[str, Any] = {names[key]: tuple(item) if isinstance(item, list) else item for key, item in value.items()}
    specification = GeneratorSpecification(**given)
    total = sum(specification.rows_by_day().values())
    if not 0 < total <= ROWS_MAXIMUM:
        message = f"a generator makes 1 to {ROWS_MAXIMUM} rows, got {total}"
        raise ValueError(message)
    return specification


def generated_days(specification: GeneratorSpecification) -> Iterator[tuple[DayKey, Day]]:
    """The days with their figures, always the same for the same specification."""
    kind = normalized(specification.type, SEARCH_TYPES)
    for day, count in sorted(specification.rows_by_day().items()):
        yield (specification.site_url, kind, day), _day(specification, day, count)


def _day(specification: GeneratorSpecification, day: date, count: int) -> Day:
    pages = specification.pages or count
    page_names = [specification.page_template.replace("{n}", str(n)) for n in range(min(pages, count))]
    queries = [specification.query_template.replace("{n}", str(n)) for n in range((count - 1) // pages + 1)]
    countries, devices = specification.countries, specification.devices
    salt = (day.toordinal() * 40_503 + specification.seed * 97) & MASK
    facts: Day = {}
    for number in range(count):
        mixed = ((number + salt) * MIXER) & MASK
        mixed = ((mixed ^ (mixed >> 15)) * SECOND_MIXER) & MASK
        impressions = 1 + mixed % 211
        clicks = impressions * ((mixed >> 9) % 32) // 100
        key = FactKey(
            page_names[number % pages],
            queries[number // pages],
            countries[(mixed >> 3) % len(countries)],
            devices[(mixed >> 5) % len(devices)],
        )
        facts[key] = Figures(clicks, impressions, 1 + (mixed >> 16) % 500 / 10)
    return facts
