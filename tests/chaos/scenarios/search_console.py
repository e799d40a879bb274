"""Search Console: rows that become entities, and figures that land on the articles they measure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from tests.chaos.scenarios.scenario import Place, Scenario, differences

PAGES, PAGES_MAXIMUM = 4, 7
NEWEST_DAYS, OLDEST_DAYS = 7, 12
"""Ages of the days that have figures: all of them final and complete."""
CORRECTED_DAYS = 3
"""How many days before the newest one are corrected: fewer than a run looks back."""
LOOKBACK_DAYS = 4
START_DAYS, WINDOW_DAYS = 14, 12


class SearchConsoleScenario(Scenario):
    """A property of its own, and a service account: Google counts by user."""

    service: ClassVar[str] = "google_search_console"
    directions: ClassVar[tuple[str, ...]] = ("pull",)

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.today = datetime.now(UTC).date()
        self.pages = [self._page(number) for number in range(PAGES)]
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}

    @property
    def site(self) -> str:
        """The property."""
        return f"https://{self.place.tag}.example.com/"

    @property
    def principal(self) -> str:
        """The service account."""
        return f"{self.place.tag}@chaos.iam.gserviceaccount.com"

    def search_console(self, mappings: dict[str, str], **config: Any) -> dict[str, Any]:
        """The definition, with a key of its own."""
        made = self.simulator.admin("POST", "accounts", {"clientEmail": self.principal})
        where = {"siteUrl": self.site, "apiHost": self.simulator.access["url"]}
        where |= {"entityTypes": {self.entity_type: "row"}, **config}
        return self.integration(where, mappings, serviceAccount=made["serviceAccount"])

    def begin(self) -> None:
        """Figures of all days."""
        self.simulator.admin("POST", "seed", {"properties": [{"siteUrl": self.site}]})
        self._measure([(self._day(age), page) for age in range(NEWEST_DAYS, OLDEST_DAYS + 1) for page in self.pages])

    def edit(self) -> None:
        """Some figures of the newest days are corrected, a page may be new; the access token may end."""
        random = self.place.random
        days = [self._day(NEWEST_DAYS + each) for each in range(CORRECTED_DAYS + 1)]
        if random.random() < 0.3 and len(self.pages) < PAGES_MAXIMUM:
            self.pages.append(self._page(len(self.pages)))
        self._measure([(random.choice(days), random.choice(self.pages)) for _ in range(4)])
        self.simulator.admin("POST", "revoke", {"email": self.principal})

    def service_state(self) -> object:
        """The rows, which nobody but Google writes."""
        return self.simulator.admin("GET", "dump", siteUrl=self.site)["rows"]

    def _measure(self, wanted: Iterable[tuple[str, str]]) -> None:
        random = self.place.random
        changed = {}
        for day, page in wanted:
            impressions = 10 + self.new_number()
            figures = {
                "clicks": random.randrange(10),
                "impressions": impressions,
                "position": random.randint(4, 80) / 4,
            }
            changed[day, page] = {"date": day, "page": page, **figures}
        self.rows |= changed
        same = {"siteUrl": self.site, "query": "chaos", "country": "usa"}
        self.simulator.admin("POST", "seed", {"rows": [{**same, **row} for row in changed.values()]})

    def _page(self, number: int) -> str:
        return f"{self.site}articles/{number}"

    def _day(self, age: int) -> str:
        return (self.today - timedelta(days=age)).isoformat()


class SearchConsoleRows(SearchConsoleScenario):
    """A row a day and page."""

    def definition(self) -> dict[str, Any]:
        """All but the position."""
        start = (self.today - timedelta(days=START_DAYS)).isoformat()
        return self.search_console({name: name for name in ("date", "page", "clicks", "impressions")}, startDate=start)

    def violations(self) -> Iterable[str]:
        """By day and page."""
        names = ("date", "page", "clicks", "impressions")
        expected = {f"{day} {page}": {name: row[name] for name in names} for (day, page), row in self.rows.items()}
        found, doubled = {}, []
        for entity in self.place.platform.entities(self.entity_type).values():
            key = f"{entity['fields'].get('date')} {entity['fields'].get('page')}"
            doubled += [key] if key in found else []
            found[key] = entity["fields"]
        yield from differences("entities", expected, found, doubled)

    def remote_id(self, entity_id: str, fields: Mapping[str, Any]) -> str:
        """What tells the row apart, as JSON."""
        return f'{{"date":"{fields["date"]}","page":"{fields["page"]}","type":"web"}}'

    def counts(self) -> Mapping[str, int]:
        """A run looks back some days."""
        since = self._day(NEWEST_DAYS + LOOKBACK_DAYS)
        return {"pull": sum(day >= since for day, _ in self.rows)}

    def pulled_through(self) -> str:
        """The newest day with rows."""
        return max(day for day, _ in self.rows)


class SearchConsoleFigures(SearchConsoleScenario):
    """Sums over the window, on the articles."""

    def definition(self) -> dict[str, Any]:
        """Matched by address."""
        mappings = {name: name for name in ("clicks", "impressions", "position")}
        match = {"source": "fields.url", "target": "page"}
        return self.search_console(mappings, match=match, windowDays=WINDOW_DAYS)

    def begin(self) -> None:
        """An article for each page that there may be but the last, which is nobody's."""
        super().begin()
        for number in range(PAGES_MAXIMUM - 1):
            self.write(f"{self.place.tag}/{number}", url=self._page(number))

    def violations(self) -> Iterable[str]:
        """By address."""
        expected = {page: self._sums(page) for page in map(self._page, range(PAGES_MAXIMUM - 1))}
        found, doubled = self.fields_by("url")
        yield from differences("entities", expected, found, doubled)

    def remote_id(self, entity_id: str, fields: Mapping[str, Any]) -> str | None:
        """The page, once it was seen."""
        page = str(fields["url"])
        return page if any(each == page for _, each in self.rows) else None

    def counts(self) -> Mapping[str, int]:
        """The pages that were seen, whether they are an article's or not."""
        return {"pull": len({page for _, page in self.rows})}

    def _sums(self, page: str) -> dict[str, Any]:
        rows = [row for row in self.rows.values() if row["page"] == page]
        if not rows:
            return {"url": page}
        impressions = sum(row["impressions"] for row in rows)
        ranked = sum(int(row["position"] * 4) * row["impressions"] for row in rows)
        clicks = sum(row["clicks"] for row in rows)
        return {"url": page, "clicks": clicks, "impressions": impressions, "position": ranked / (4 * impressions)}
