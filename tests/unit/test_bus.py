"""Events are told until the bus has taken them."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from integrations.bus import EventBus
from integrations.domain.errors import Unavailable
from integrations.domain.events import BusEvent, EntityChange, entities_changed

EVENTS = [BusEvent(f"test.{number}", "tests", {"number": number, "text": "ü"}) for number in range(6)]


class Client:
    """Takes entries, but for those whose turn it is to be refused."""

    def __init__(self, refused: Sequence[Sequence[int]] = (), error: Exception | None = None) -> None:
        self.calls: list[list[dict[str, str]]] = []
        self._refused = list(refused)
        self._error = error

    def put_events(self, **parameters: Any) -> dict[str, Any]:
        if self._error:
            raise self._error
        entries = parameters["Entries"]
        self.calls.append(entries)
        refused = self._refused.pop(0) if self._refused else ()
        failed = {"ErrorCode": "ThrottlingException"}
        results = [failed if number in refused else {"EventId": "1"} for number in range(len(entries))]
        return {"FailedEntryCount": len(refused), "Entries": results}


def names(calls: list[list[dict[str, str]]]) -> list[list[str]]:
    return [[entry["DetailType"] for entry in entries] for entries in calls]


def test_events_go_to_the_bus_a_few_a_call():
    client = Client()
    EventBus(client, "the-bus").publish(EVENTS)
    assert names(client.calls) == [["test.0", "test.1", "test.2", "test.3"], ["test.4", "test.5"]]
    entry = client.calls[0][0]
    assert (entry["EventBusName"], entry["Source"]) == ("the-bus", "tests")
    assert json.loads(entry["Detail"]) == EVENTS[0].detail


def test_only_refused_entries_are_sent_again():
    client = Client(refused=[[1, 2], [1]])
    EventBus(client, "bus").publish(EVENTS[:3])
    assert names(client.calls) == [["test.0", "test.1", "test.2"], ["test.1", "test.2"], ["test.2"]]


@pytest.mark.parametrize(
    "client", [Client(refused=[[0]] * 9), Client(error=EndpointConnectionError(endpoint_url="https://events.test"))]
)
def test_what_the_bus_did_not_take_is_no_success(client: Client):
    with pytest.raises(Unavailable):
        EventBus(client, "bus").publish(EVENTS[:1])


def test_changes_are_told_by_kind_and_type_a_hundred_at_once():
    client = Client()
    changes = [EntityChange(f"e{number}", "article", 7, "updated") for number in range(150)]
    changes += [EntityChange("new", "article", 7, "created"), EntityChange("p1", "page", 7, "updated")]
    EventBus(client, "bus").publish_changes("demo", "int_1", changes)
    entries = [entry for call in client.calls for entry in call]
    assert {entry["Source"] for entry in entries} == {"wiserows.entities"}
    details = [(entry["DetailType"], json.loads(entry["Detail"])) for entry in entries]
    assert [(name, each["entityTypeId"], len(each["entities"])) for name, each in details] == [
        ("entity.created", "article", 1),
        ("entity.updated", "article", 100),
        ("entity.updated", "article", 50),
        ("entity.updated", "page", 1),
    ]
    assert details[0][1] == {
        "projectId": "demo",
        "entityTypeId": "article",
        "origin": "int_1",
        "entities": [{"entityId": "new", "updatedAt": 7}],
    }


def test_what_is_told_can_be_read():
    client = Client()
    EventBus(client, "bus").publish_changes("demo", None, [EntityChange("e1", "article", 7, "archived")])
    [[entry]] = client.calls
    changed = entities_changed(entry["DetailType"], json.loads(entry["Detail"]))
    assert (changed.project_id, changed.entity_type_id, changed.kind) == ("demo", "article", "archived")
    assert (changed.origin, changed.entity_ids) == (None, ("e1",))


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("entity.renamed", {}),
        ("sync.completed", {}),
        ("entity.updated", {}),
        ("entity.updated", {"projectId": "p", "entityTypeId": "t", "entities": [{"id": "e"}]}),
        ("entity.updated", {"projectId": "p", "entityTypeId": "t", "entities": [{"entityId": 7}]}),
        ("entity.updated", {"projectId": "p", "entityTypeId": "t", "entities": None}),
        ("entity.updated", {"projectId": "", "entityTypeId": "t", "entities": []}),
    ],
)
def test_anything_else_is_no_event_of_the_entity_store(name: str, detail: dict[str, Any]):
    with pytest.raises(ValueError, match="event of the entity store"):
        entities_changed(name, detail)
