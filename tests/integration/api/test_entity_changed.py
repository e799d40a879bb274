"""Entity events, as the queue delivers them."""

import json
from typing import Any

from integrations.runtime.api import services
from integrations.storage.integrations import IntegrationStore
from integrations.storage.table import Table
from tests.api_world import World, an_integration
from tests.integration.api.gateway import Context, handler
from tests.integration.api.test_events import event_of
from tests.integration.api.test_receive_webhook import gathering

CONFIG = {"projectId": "zx3vzmn1", "dataset": "production", "entityTypes": {"article": "post"}, "autoPush": True}


def connect(world: World, id: str, config: Any = None, **changes: Any) -> str:
    """An integration that pushes by itself."""
    integration = an_integration(
        world.ours, **{"id": id, "config": CONFIG | (config or {}), "credentials_set": True} | changes
    )
    assert IntegrationStore(services()._table).create(integration)
    return id


def tell(*events: dict[str, Any], kind: str = "updated") -> dict[str, Any]:
    """Events in one batch of messages; the answer names those that failed."""
    record = event_of("entity_changed")["Records"][0]
    records = [
        record | {"messageId": f"m{number}", "body": json.dumps({"detail-type": f"entity.{kind}", "detail": detail})}
        for number, detail in enumerate(events)
    ]
    answer: dict[str, Any] = handler("entity_changed").lambda_handler({"Records": records}, Context())
    return answer


def detail(world: World, *ids: str, **changes: Any) -> dict[str, Any]:
    entities = [{"entityId": id, "updatedAt": 1} for id in ids]
    return {"projectId": world.ours, "entityTypeId": "article", "origin": None, "entities": entities} | changes


def pushed(world: World, id: str, table: Table) -> set[str]:
    """What the integration's open push has gathered."""
    job = gathering(world, id, table)
    assert job is None or job.direction == "push"
    return set(job.entity_ids or ()) if job else set()


def test_changed_entities_are_gathered_by_every_integration_that_pushes_them(world: World, table: Table):
    one, two = connect(world, "int_one"), connect(world, "int_two", {"onArchive": "delete"})
    other_type = connect(world, "int_type", {"entityTypes": {"page": "post"}})
    manual = connect(world, "int_manual", {"autoPush": False})
    inactive = connect(world, "int_off", status="inactive")
    answer = tell(detail(world, "a", "b"), detail(world, "b", "c"))
    assert answer == {"batchItemFailures": []}
    assert pushed(world, one, table) == pushed(world, two, table) == {"a", "b", "c"}
    assert [pushed(world, id, table) for id in (other_type, manual, inactive)] == [set()] * 3


def test_the_integration_that_pulled_them_is_left_out(world: World, table: Table):
    one, two = connect(world, "int_one"), connect(world, "int_two")
    tell(detail(world, "a", origin=one), kind="created")
    assert (pushed(world, one, table), pushed(world, two, table)) == (set(), {"a"})


def test_archived_ones_matter_where_their_records_are_to_be_deleted(world: World, table: Table):
    one, two = connect(world, "int_one"), connect(world, "int_two", {"onArchive": "delete"})
    tell(detail(world, "a"), kind="archived")
    assert (pushed(world, one, table), pushed(world, two, table)) == (set(), {"a"})


def test_a_service_that_takes_nothing_is_pushed_nothing(world: World, table: Table):
    console = {"siteUrl": "sc-domain:example.com", "entityTypes": {"article": "row"}}
    id = connect(world, "int_console", console, type="google_search_console")
    tell(detail(world, "a"))
    assert pushed(world, id, table) == set()


def test_an_event_that_cant_be_read_fails_alone(world: World, table: Table):
    one = connect(world, "int_one")
    answer = tell({"projectId": world.ours}, detail(world, "a"))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert pushed(world, one, table) == {"a"}


def test_the_event_to_try_it_with_is_taken(table: Table):
    assert handler("entity_changed").lambda_handler(event_of("entity_changed"), Context()) == {"batchItemFailures": []}
