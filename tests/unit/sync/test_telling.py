"""The end of a sync is told at least once, whoever fails."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from integrations.bus import EventBus
from integrations.domain.errors import ConfigurationRefused, ReconnectRequired, Unavailable
from integrations.domain.events import EntityChange
from integrations.sync.telling import tell_overdue
from tests.unit.sync.world import World

DOCUMENTATION = Path(__file__).parents[3] / "docs" / "events.md"
SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"
MINUTE_MS = 60_000


def valid(name: str, detail: Any) -> bool:
    """Whether the detail is as its schema says."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    Draft202012Validator.check_schema(schema)
    return not list(Draft202012Validator(schema).iter_errors(detail))


def told(world: World) -> list[str]:
    """The names of what was told since; each as its schema says."""
    events, world.bus.events = world.bus.events, []
    assert all(valid(event.name, event.detail) for event in events)
    return [event.name for event in events]


def test_a_worker_tells_of_the_job_it_ended(pushed: World) -> None:
    assert told(pushed) == ["sync.completed"]
    pushed.service.faults = [ReconnectRequired("the token was refused")]
    pushed.write("a1", title="New")
    pushed.run("push")
    assert sorted(told(pushed)) == ["integration.error", "sync.failed"]
    pushed.run("push")
    assert told(pushed) == ["sync.completed"]
    assert tell_overdue(pushed.outbox, pushed.bus, pushed.clock) == 0


def test_what_a_worker_could_not_tell_the_recovery_tells(pushed: World) -> None:
    told(pushed)
    pushed.bus.reachable = False
    job = pushed.run("push")
    assert job.status == "completed"
    pushed.clock.advance(MINUTE_MS)
    with pytest.raises(Unavailable):
        tell_overdue(pushed.outbox, pushed.bus, pushed.clock)
    pushed.bus.reachable = True
    assert tell_overdue(pushed.outbox, pushed.bus, pushed.clock) == 1
    assert told(pushed) == ["sync.completed"]
    assert tell_overdue(pushed.outbox, pushed.bus, pushed.clock) == 0


@pytest.mark.parametrize("name", ["sync.completed", "entity.updated"])
def test_the_examples_of_the_documentation_are_as_their_schemas_say(name: str) -> None:
    examples = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", DOCUMENTATION.read_text(), re.DOTALL)]
    assert [example for example in examples if valid(name, example)]
    assert len(examples) == 2


def test_an_event_is_never_too_large_for_the_bus(pushed: World) -> None:
    told(pushed)
    pushed.service.faults = [ConfigurationRefused("x" * 100_000)]
    pushed.write("a1", title="New")
    pushed.run("push")
    [event] = pushed.bus.events
    assert len(event.detail["message"]) == 2_000
    assert told(pushed) == ["sync.failed"]


@pytest.mark.parametrize("kind", ["created", "updated", "archived"])
def test_entity_events_are_as_their_schema_says(kind: Any) -> None:
    class Client:
        def put_events(self, **parameters: Any) -> dict[str, Any]:
            [entry] = parameters["Entries"]
            assert valid(entry["DetailType"], json.loads(entry["Detail"]))
            return {"Entries": [{"EventId": "1"}]}

    EventBus(Client(), "bus").publish_changes("demo", "int_1", [EntityChange("e1", "article", 7, kind)])
    assert not valid(f"entity.{kind}", {"projectId": "demo"})
