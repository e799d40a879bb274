from dataclasses import replace
from typing import Any

import pytest

from integrations.api.envelopes import IntegrationAnswer
from integrations.runtime.api import services
from integrations.storage.credentials import CredentialStore
from integrations.storage.integrations import IntegrationStore
from integrations.storage.table import Table
from tests.api_world import World, an_integration
from tests.integration.api.managing import (
    NEW,
    TITLE,
    audited,
    call,
    change,
    create,
    give_credentials,
    opened,
    problems,
    shown,
)

CONFIG: dict[str, Any] = NEW["config"]
ELSEWHERE = CONFIG | {"apiHost": "https://api.sanity.io"}


def mapping_version(world: World, id: str) -> int:
    found = services().integrations.find(world.ours, id)
    assert found is not None
    return found.mapping_version


def test_what_is_given_changes_and_the_rest_stays(world: World):
    made = create(world, fieldMappings=[TITLE])
    answer = change(world, made["id"], {"name": "Staging site"})
    assert answer.status == 200
    answer.require(IntegrationAnswer)
    data = answer.body["data"]
    assert data | {"updatedAt": made["updatedAt"]} == made | {"name": "Staging site", "version": 2}
    assert shown(world, made["id"]) == data
    assert audited(world, made["id"])[0] == ("update", ["name"])


def test_a_value_replaces_the_whole_old_one(world: World):
    id = create(world, fieldMappings=[TITLE], schedule={"expression": "rate(1 hour)", "mode": "full"})["id"]
    config = CONFIG | {"dataset": "staging", "autoPush": True}
    body = {"config": config, "fieldMappings": [], "schedule": {"expression": "rate(2 days)"}}
    data = change(world, id, body).body["data"]
    assert {name: data[name] for name in body} == body
    assert audited(world, id)[0] == ("update", ["fieldMappings", "schedule", "config.autoPush", "config.dataset"])
    assert change(world, id, {"schedule": None}, 2).body["data"]["schedule"] is None
    assert shown(world, id)["schedule"] is None


@pytest.mark.parametrize("version", ["1", '"1"', 'W/"1"', ' "0", W/"1" '])
def test_the_version_may_be_written_as_an_entity_tag(world: World, version: str):
    assert change(world, create(world)["id"], {"name": "Other"}, version).status == 200


def test_without_a_version_nothing_is_changed(world: World):
    id = create(world)["id"]
    answer = call(world, "PATCH", f"/integrations/{id}", {"name": "Other"})
    assert (answer.status, answer.code) == (428, "version_required")
    assert shown(world, id)["name"] == NEW["name"]


@pytest.mark.parametrize("version", ["0", "2", '"2"', "*", "one", '"1', "1.0", "-1"])
def test_a_stale_version_changes_nothing(world: World, version: str):
    id = create(world)["id"]
    answer = change(world, id, {"name": "Other"}, version)
    assert (answer.status, answer.code) == (412, "version_conflict")
    assert "version 1" in answer.body["error"]["message"]
    assert shown(world, id)["name"] == NEW["name"]
    assert len(audited(world, id)) == 1


def test_of_two_changes_from_one_version_one_is_made(world: World):
    id = create(world)["id"]
    assert [change(world, id, {"name": name}).status for name in ("First", "Second")] == [200, 412]
    assert shown(world, id)["name"] == "First"


def test_what_is_wrong_comes_before_the_version_and_nothing_is_changed(world: World):
    id = create(world)["id"]
    for version in ("1", "7"):
        assert set(problems(change(world, id, {"config": CONFIG | {"dataset": "!"}}, version))) == {"config.dataset"}
    assert set(problems(call(world, "PATCH", f"/integrations/{id}", {"type": "loops"}))) == {"type"}
    assert change(world, id, "{", 7).status == 400
    assert change(world, "int_nobody", "{", 7).status == 404
    assert shown(world, id)["version"] == 1


@pytest.mark.parametrize("body", [{}, {"name": NEW["name"]}, {"config": CONFIG}, {"status": "active"}])
def test_a_change_of_nothing_is_no_change(world: World, body: object):
    made = create(world)
    answer = change(world, made["id"], body)
    assert (answer.status, answer.body["data"]) == (200, made)
    assert len(audited(world, made["id"])) == 1


def test_a_changed_address_drops_the_credentials_and_says_so(world: World, table: Table):
    id = create(world)["id"]
    give_credentials(world, id, token="sk", webhookSecret="wh")
    services().integrations.set_status(world.ours, id, "active", None)
    data = change(world, id, {"config": ELSEWHERE}).body["data"]
    assert (data["status"], data["credentialsSet"], data["statusReason"]["code"]) == (
        "pending",
        False,
        "address_changed",
    )
    assert "enter the credentials again" in data["statusReason"]["message"]
    for purpose in ("service", "webhook"):
        assert CredentialStore(table).read_ciphertext(world.ours, id, purpose) is None  # type: ignore[arg-type]
    assert audited(world, id)[0] == ("update", ["config.apiHost", "status", "credentials"])
    assert call(world, "POST", f"/integrations/{id}/sync").code == "credentials_missing"


def test_another_dataset_at_the_same_address_keeps_the_credentials(world: World, table: Table):
    id = create(world)["id"]
    give_credentials(world, id, token="sk")
    assert change(world, id, {"config": CONFIG | {"dataset": "staging"}}).body["data"]["credentialsSet"] is True
    assert opened(table, world, id) == '{"token":"sk"}'


def test_an_inactive_integration_loses_its_credentials_and_stays_inactive(world: World):
    id = create(world)["id"]
    give_credentials(world, id, token="sk")
    services().integrations.set_status(world.ours, id, "active", None)
    change(world, id, {"status": "inactive"})
    data = change(world, id, {"config": ELSEWHERE}, 2).body["data"]
    assert (data["status"], data["statusReason"]["code"]) == ("inactive", "address_changed")
    data = change(world, id, {"status": "active"}, 3).body["data"]
    assert (data["status"], data["statusReason"]["code"]) == ("pending", "address_changed")


@pytest.mark.parametrize(
    ("before", "resumed"), [("active", "active"), ("pending", "pending"), ("error", "pending"), ("bare", "pending")]
)
def test_active_makes_an_inactive_integration_what_it_was_if_that_was_proven(world: World, before: str, resumed: str):
    id = create(world)["id"]
    if before != "bare":
        give_credentials(world, id, token="sk")
        services().integrations.set_status(world.ours, id, before, None)  # type: ignore[arg-type]
    assert change(world, id, {"status": "inactive"}).body["data"]["status"] == "inactive"
    assert audited(world, id)[0] == ("update", ["status"])
    assert call(world, "POST", f"/integrations/{id}/sync").code == "integration_inactive"
    assert change(world, id, {"status": "active"}, 2).body["data"]["status"] == resumed


def test_an_integration_that_was_inactive_from_the_start_can_be_made_active(world: World):
    assert change(world, "int_inactive", {"status": "active"}).body["data"]["status"] == "active"


def test_active_proves_nothing_of_an_error(world: World):
    services().integrations.set_status(world.ours, "int_active", "error", None)
    assert change(world, "int_active", {"status": "active"}).body["data"]["status"] == "error"


@pytest.mark.parametrize(
    ("body", "moves"),
    [
        ({"fieldMappings": [TITLE]}, True),
        ({"status": "inactive"}, True),
        ({"config": CONFIG | {"entityTypes": {"article": "page"}}}, True),
        ({"config": CONFIG | {"dataset": "staging"}}, True),
        ({"config": CONFIG | {"onConflict": "overwrite", "autoPush": True, "onArchive": "delete"}}, False),
        ({"name": "Other", "schedule": {"expression": "rate(1 hour)"}}, False),
    ],
)
def test_a_change_of_what_is_exchanged_makes_the_next_run_full(world: World, body: object, moves: bool):
    id = create(world)["id"]
    assert change(world, id, body).status == 200
    assert mapping_version(world, id) == 1 + moves


def test_what_is_stored_and_no_longer_valid_stands_in_no_ones_way(world: World, table: Table):
    old = replace(an_integration(world.ours), id="int_old", config={"dataset": "of old"})
    IntegrationStore(table).create(old)
    assert change(world, "int_old", {"name": "Renamed"}).body["data"]["name"] == "Renamed"
    mended = change(world, "int_old", {"config": CONFIG}, 2).body["data"]
    assert (mended["config"], mended["credentialsSet"]) == (CONFIG, False)


def test_the_last_sync_of_a_worker_is_not_undone(world: World):
    made = create(world)
    before = services().management.find(world.ours, made["id"])
    assert before is not None
    stale = replace(before, last_sync_at=1)
    from integrations.domain.audit import AuditEntry

    entry = AuditEntry("01A", 1, "key", "update", ("name",))
    assert services().management.change(stale, replace(stale, name="Other", version=2), entry)
    assert shown(world, made["id"])["lastSyncAt"] is None
