from typing import Any

import pytest

from integrations.api.envelopes import IntegrationAnswer
from integrations.runtime.api import services
from tests.api_world import World
from tests.integration.api.conftest import LogLines
from tests.integration.api.gateway import request
from tests.integration.api.managing import NEW, TITLE, audited, call, create, problems, shown


def test_a_new_integration_is_answered_in_full_and_pending(world: World):
    answer = call(world, "POST", "/integrations", NEW)
    assert answer.status == 201
    data = answer.require(IntegrationAnswer).data
    assert data.id.startswith("int_")
    assert data.id == data.id.lower()
    assert (data.type, data.name, data.status, data.version) == ("sanity", "Production site", "pending", 1)
    assert (data.credentials_set, data.last_sync_at, data.status_reason, data.schedule) == (False, None, None, None)
    assert (data.config, data.field_mappings) == (NEW["config"], [])
    assert data.created_at == data.updated_at
    assert shown(world, data.id) == answer.body["data"]


def test_mappings_and_schedule_are_kept_as_given(world: World):
    mappings = [TITLE, {"source": "fields.title", "target": "slug.current", "transform": "slugify"}]
    schedule = {"expression": "cron(0 8 ? * MON-FRI *)", "timezone": "Europe/Berlin", "direction": "pull"}
    made = create(world, fieldMappings=mappings, schedule=schedule)
    assert (made["fieldMappings"], made["schedule"]) == (mappings, schedule)
    without_transform = create(world, fieldMappings=[{"source": "fields.a", "target": "b"}])
    assert without_transform["fieldMappings"][0]["transform"] is None


def test_a_new_integration_is_listed_in_its_own_project_only(world: World):
    id = create(world)["id"]
    ours = call(world, "GET", "/integrations", key="read").body["data"]
    theirs = call(world, "GET", "/integrations", key="both", X_Project_Id=world.theirs).body["data"]
    assert id in [row["id"] for row in ours]
    assert id not in [row["id"] for row in theirs]


def test_creating_twice_makes_two(world: World):
    assert create(world)["id"] != create(world)["id"]


def test_creating_is_audited_with_what_was_given(world: World):
    assert audited(world, create(world)["id"]) == [("create", ["type", "name", "config"])]
    scheduled = create(world, fieldMappings=[TITLE], schedule={"expression": "rate(1 hour)"})
    assert audited(world, scheduled["id"]) == [("create", ["type", "name", "config", "fieldMappings", "schedule"])]


CONFIG: dict[str, Any] = NEW["config"]
HOST = "http://169.254.169.254"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"type": "wordpress"}, "type", "must be one of: sanity"),
        ({"name": ""}, "name", "at least 1 character"),
        ({"name": " \t"}, "name", "one line"),
        ({"name": "two\nlines"}, "name", "one line"),
        ({"name": "n" * 129}, "name", "at most 128"),
        ({"name": 7}, "name", "valid string"),
        ({"config": None}, "config", "be an object"),
        ({"config": {**CONFIG, "dataset": "No Capitals!"}}, "config.dataset", "match"),
        ({"config": {**CONFIG, "tokn": "x"}}, "config.tokn", "known are"),
        ({"config": {**CONFIG, "entityTypes": {}}}, "config.entityTypes", "at least 1"),
        ({"config": {**CONFIG, "apiHost": HOST}}, "config.apiHost", "use https://zx3vzmn1.api.sanity.io"),
        ({"config": {**CONFIG, "apiHost": "https://u:p@api.sanity.io"}}, "config.apiHost", "user-info"),
        ({"config": {**CONFIG, "entityTypes": {"a": "x" * 70_000}}}, "config", "65,536"),
        ({"fieldMappings": None}, "fieldMappings", "valid array"),
        ({"fieldMappings": [TITLE, {"source": "fields.a"}]}, "fieldMappings.1.target", "required"),
        ({"fieldMappings": [TITLE, TITLE | {"transform": "shout"}]}, "fieldMappings.1.transform", "'uppercase'"),
        ({"fieldMappings": [TITLE, TITLE]}, "fieldMappings.1.target", "is the same as"),
        ({"fieldMappings": [TITLE | {"target": "_id"}]}, "fieldMappings.0.target", "belong to Sanity"),
        ({"fieldMappings": [TITLE | {"source": "title"}]}, "fieldMappings.0.source", "fields.title"),
        ({"fieldMappings": [TITLE | {"target": "a..b"}]}, "fieldMappings.0.target", "is no path"),
        ({"fieldMappings": [TITLE] * 201}, "fieldMappings", "at most 200"),
        ({"schedule": {}}, "schedule.expression", "required"),
        ({"schedule": {"expression": "hourly"}}, "schedule.expression", "rate(1 hour)"),
        ({"schedule": {"expression": "rate(1 hour)", "direction": "up"}}, "schedule.direction", "'push'"),
        ({"schedule": {"expression": "rate(1 hour)", "timezone": "Europe Berlin"}}, "schedule.timezone", "match"),
        ({"status": "active"}, "status", "type, name, config"),
        ({"credentials": {"token": "planted"}}, "credentials", "type, name, config"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_allowed(
    world: World, changes: dict[str, Any], field: str, words: str, log_lines: LogLines
):
    before = len(call(world, "GET", "/integrations").body["data"])
    answer = call(world, "POST", "/integrations", NEW | changes)
    found = problems(answer)
    assert list(found) == [field]
    assert words in found[field]
    assert "planted" not in str(answer.body) + str(log_lines())
    assert len(call(world, "GET", "/integrations").body["data"]) == before


def test_everything_that_is_wrong_is_named_at_once(world: World):
    wrong = {
        "config": {"projectId": "P!", "entityTypes": {"a": "1"}},
        "fieldMappings": [TITLE, TITLE | {"source": "nothing", "target": "_type"}],
        "schedule": {"expression": "rate(1 hours)"},
    }
    assert set(problems(call(world, "POST", "/integrations", NEW | wrong))) == {
        "config.projectId",
        "config.dataset",
        "config.entityTypes",
        "fieldMappings.1.source",
        "fieldMappings.1.target",
        "schedule.expression",
    }


def test_an_address_that_the_deployment_lists_is_allowed(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(services().settings.variables, "ALLOWED_ADDRESSES", "127.0.0.1:4321")  # type: ignore[arg-type]
    assert create(world, config=CONFIG | {"apiHost": "http://127.0.0.1:4321"})["status"] == "pending"


def test_nothing_at_all_is_not_an_integration(world: World):
    headers = {"Authorization": f"Bearer {world.keys['admin']}"}
    assert set(problems(request("POST", "/integrations", headers))) == {"type", "name", "config"}
