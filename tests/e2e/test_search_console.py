"""Search Console on the deployed stack: rows day by day, and figures on the articles they measure."""

import uuid
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.connected import ConnectedService, Connector

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]

ROWS = [
    {"source": "fields.day", "target": "date", "transform": None},
    {"source": "fields.page", "target": "page", "transform": None},
    {"source": "fields.clicks", "target": "clicks", "transform": None},
    {"source": "fields.position", "target": "position", "transform": None},
]
FIGURES = [
    {"source": f"fields.{name}", "target": name, "transform": None}
    for name in ("clicks", "impressions", "ctr", "position")
]
MATCH = {"source": "fields.url", "target": "page"}

Connect = Callable[..., ConnectedService]


@pytest.fixture
def site(connect_to: Connector) -> str:
    """A property of the test alone."""
    name = f"sc-domain:{uuid.uuid4().hex[:12]}.example.com"
    connect_to.platform.simulator("google_search_console").admin(
        "POST", "seed", {"properties": [{"siteUrl": name}], "rows": []}
    )
    return name


@pytest.fixture
def connect(connect_to: Connector, site: str) -> Connect:
    """Makes integrations with the property."""
    access = connect_to.platform.stack["simulators"]["google_search_console"]
    credentials = {"serviceAccount": access["serviceAccount"]}

    def connected(mappings: list[dict[str, Any]], **config: object) -> ConnectedService:
        where = {"siteUrl": site, "apiHost": access["url"], **config}
        entity_type = f"type_{uuid.uuid4().hex[:12]}"
        return connect_to("google_search_console", where, mappings, credentials, {entity_type: "row"})

    return connected


def days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).date().isoformat()


def seeded(made: ConnectedService, site: str, days: range, pages: int) -> list[dict[str, Any]]:
    rows = [
        {
            "siteUrl": site,
            "date": days_ago(day),
            "page": f"https://www.example.com/articles/{page}",
            "query": f"words {page}",
            "clicks": (page * 7 + day) % 13,
            "impressions": 20 + (page + day) % 11,
            "position": 1 + (page * day) % 17 / 4,
        }
        for day in days
        for page in range(pages)
    ]
    made.simulator.admin("POST", "seed", {"rows": rows})
    return rows


def test_rows_become_entities_once_and_corrections_change_them(connect: Connect, site: str) -> None:
    made = connect(ROWS, startDate=days_ago(12))
    seeded(made, site, range(8, 12), pages=30)
    assert made.pull()["progress"] == {"total": 120, "completed": 120, "failed": 0}
    entities = made.entities()
    found = {(entity["fields"]["day"], entity["fields"]["page"]): entity["fields"] for entity in entities.values()}
    assert len(found) == len(entities) == 120
    assert found[days_ago(9), "https://www.example.com/articles/4"]["clicks"] == (4 * 7 + 9) % 13

    assert made.pull()["progress"]["failed"] == 0
    assert made.entities() == entities
    corrected = {"siteUrl": site, "date": days_ago(9), "page": "https://www.example.com/articles/4"}
    figures = {"query": "words 4", "clicks": 99, "impressions": 100, "position": 2}
    made.simulator.admin("POST", "seed", {"rows": [corrected | figures]})
    assert made.pull()["progress"]["failed"] == 0
    changed = [entity["fields"] for name, entity in made.entities().items() if entity != entities[name]]
    assert [(fields["day"], fields["clicks"]) for fields in changed] == [(days_ago(9), 99)]


def test_a_day_over_the_ceiling_is_named_in_the_log(connect: Connect, site: str) -> None:
    made = connect(FIGURES, match=MATCH, windowDays=10)
    made.write("a1", url="/nowhere")
    days = {days_ago(5): 200, days_ago(6): 60_000}
    made.simulator.admin("POST", "seed", {"generate": [{"siteUrl": site, "days": days}]})
    job = made.pull()
    assert job["status"] == "completed"
    cut = [entry["message"] for entry in job["logs"] if "50,000" in entry["message"]]
    assert [message.partition(":")[0] for message in cut] == [days_ago(6)]


def test_figures_land_on_the_articles_they_measure(connect: Connect, site: str) -> None:
    made = connect(FIGURES, match=MATCH, windowDays=10)
    for number in range(60):
        made.write(f"a{number:02}", url=f"http://example.com/articles/{number}/", title="kept")
    rows = seeded(made, site, range(6, 9), pages=50)
    assert made.pull()["progress"] == {"total": 50, "completed": 50, "failed": 0}
    entities = made.entities()
    assert {name: figures_of(entity["fields"]) for name, entity in entities.items()} == expected_figures(rows)

    assert made.pull()["progress"]["failed"] == 0
    assert made.entities() == entities
    gone = [{**row, "impressions": 0, "clicks": 0} for row in rows if row["page"].endswith("/articles/3")]
    made.simulator.admin("POST", "seed", {"rows": gone})
    assert made.pull()["progress"]["failed"] == 0
    assert figures_of(made.entities()["a03"]["fields"]) == (0, 0, 0, None)


def figures_of(fields: dict[str, Any]) -> tuple[Any, ...]:
    position = fields.get("position")
    ctr = fields.get("ctr")
    return (
        fields.get("clicks"),
        fields.get("impressions"),
        None if ctr is None else round(ctr, 9),
        None if position is None else round(position, 9),
    )


def expected_figures(rows: list[dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    by_page = defaultdict(list)
    for row in rows:
        by_page[int(row["page"].rpartition("/")[2])].append(row)
    expected: dict[str, tuple[Any, ...]] = {f"a{number:02}": (None,) * 4 for number in range(60)}
    for number, mine in by_page.items():
        clicks, impressions = sum(row["clicks"] for row in mine), sum(row["impressions"] for row in mine)
        position = sum(row["position"] * row["impressions"] for row in mine) / impressions
        expected[f"a{number:02}"] = (clicks, impressions, round(clicks / impressions, 9), round(position, 9))
    return expected
