"""PostHog on the deployed stack: persons both ways, events and page views pulled."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.connected import ConnectedService, Connector

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]

PERSONS = [
    {"source": "fields.userId", "target": "distinct_id", "transform": None},
    {"source": "fields.plan", "target": "properties.plan", "transform": None},
]
EVENTS = [
    {"source": "fields.who", "target": "distinct_id", "transform": None},
    {"source": "fields.at", "target": "timestamp", "transform": None},
    {"source": "fields.number", "target": "properties.number", "transform": None},
]
VIEWS = [{"source": "fields.views", "target": "views", "transform": None}]

Connect = Callable[..., ConnectedService]


@pytest.fixture
def connect(connect_to: Connector) -> Connect:
    """Makes integrations with the simulated project, which begins empty."""
    access = connect_to.platform.stack["simulators"]["posthog"]
    where = dict.fromkeys(("apiHost", "ingestHost"), access["url"]) | {"projectId": access["projectId"]}
    credentials = {name: access[name] for name in ("personalApiKey", "projectToken")}

    def connected(remote_type: str, mappings: list[dict[str, Any]], **config: object) -> ConnectedService:
        entity_type = f"type_{uuid.uuid4().hex[:12]}"
        return connect_to("posthog", {**where, **config}, mappings, credentials, {entity_type: remote_type})

    return connected


def test_persons_are_pushed_in_few_requests_and_come_back_as_they_are(connect: Connect) -> None:
    made = connect("person", PERSONS)
    names = [f"{made.entity_type}-{number:04}" for number in range(1_500)]
    for number, name in enumerate(names):
        made.write(f"p{number:04}", userId=name, plan="free")
    made.simulator.forget_requests()
    assert made.push()["progress"] == {"total": 1_500, "completed": 1_500, "failed": 0}
    assert len(made.simulator.requests("/batch/")) == 2
    stored = {
        person["distinct_ids"][0]: person["properties"]
        for person in made.simulator.admin("GET", "dump", kind="persons")["documents"]
    }
    assert {name: stored[name]["plan"] for name in names} == dict.fromkeys(names, "free")

    made.simulator.forget_requests()
    assert made.push()["progress"]["failed"] == 0
    assert made.simulator.requests() == []
    for number in range(100):
        made.write(f"p{number:04}", plan="team")
    assert made.push()["progress"]["failed"] == 0
    assert len(made.simulator.requests("/batch/")) == 1

    before = made.entities()
    assert made.pull()["progress"]["failed"] == 0
    after = made.entities()
    assert {name: after[name] for name in before} == before
    assert made.pull()["progress"]["failed"] == 0
    assert made.entities() == after


def test_pushed_events_collapse_when_they_are_sent_again(connect: Connect) -> None:
    name = f"published_{uuid.uuid4().hex[:8]}"
    made = connect(f"event:{name}", EVENTS[::2])
    for number in range(5):
        made.write(f"e{number}", who=f"author-{number}", number=number)
    made.simulator.fault(kind="reset_after", match={"path": "/batch/"})
    job = made.push()
    assert (job["status"], job["progress"]) == ("completed", {"total": 5, "completed": 5, "failed": 0})
    events = made.simulator.admin("GET", "dump", kind="events", event=name)["documents"]
    assert sorted({event["uuid"]: event["properties"]["number"] for event in events}.values()) == list(range(5))
    before = made.entities()
    assert made.pull()["progress"]["failed"] == 0
    assert made.entities() == before


def test_every_event_arrives_once_with_ties_and_late_ones(connect: Connect) -> None:
    name = f"read_{uuid.uuid4().hex[:8]}"
    made = connect(f"event:{name}", EVENTS)
    beginning = datetime.now(UTC) - timedelta(days=4)
    order = {"persons": 0, "events": 2_000, "tied": 1_200, "late": 50, "lateSeconds": 86_400, "event": name}
    simulator = made.simulator
    simulator.admin("POST", "generate", {**order, "beginning": beginning.isoformat()})
    assert made.pull()["progress"] == {"total": 1_950, "completed": 1_950, "failed": 0}
    assert len(made.entities()) == 1_950
    simulator.admin("POST", "settle")
    assert made.pull()["progress"]["failed"] == 0
    entities = made.entities()
    assert sorted(entity["fields"]["number"] for entity in entities.values()) == list(range(2_000))
    assert made.pull()["progress"]["failed"] == 0
    assert made.entities() == entities


def test_views_land_on_the_articles_that_were_viewed(connect: Connect) -> None:
    made = connect("pageviews", VIEWS, match={"source": "fields.url", "target": "url"})
    site, now = f"https://www.{uuid.uuid4().hex[:8]}.example.com", datetime.now(UTC)
    for number in range(20):
        made.write(f"a{number:02}", url=f"{site}/articles/{number}", title="kept")
    views = [
        {
            "event": "$pageview",
            "distinct_id": f"visitor-{view % 7}",
            "timestamp": (now - timedelta(hours=view % 100)).isoformat(),
            "properties": {"$current_url": f"{site}/articles/{view % 19}/?utm={view}#top"},
        }
        for view in range(500)
    ]
    made.simulator.admin("POST", "seed", {"documents": views})
    assert made.pull()["progress"]["failed"] == 0
    entities = made.entities()
    expected = {f"a{number:02}": sum(1 for view in range(500) if view % 19 == number) for number in range(19)}
    assert {name: entity["fields"].get("views") for name, entity in entities.items()} == {**expected, "a19": None}
    assert made.pull()["progress"]["failed"] == 0
    assert made.entities() == entities
