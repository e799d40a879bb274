from dataclasses import replace

from integrations.api.envelopes import IntegrationAnswer, IntegrationListAnswer
from integrations.domain.integration import StatusReason
from integrations.storage.credentials import CredentialStore
from integrations.storage.integrations import IntegrationStore
from integrations.storage.table import Table
from tests.api_world import NOW, World, an_integration
from tests.integration.api.gateway import request


def bearer(world: World, key: str = "read") -> dict[str, str]:
    return {"Authorization": f"Bearer {world.keys[key]}"}


def test_the_list_holds_every_integration_with_exactly_five_fields(world: World, table: Table):
    IntegrationStore(table).create(an_integration(world.ours, id="int_synced", last_sync_at=NOW))
    answer = request("GET", "/integrations", bearer(world))
    answer.require(IntegrationListAnswer)
    assert answer.status == 200
    assert {row["id"] for row in answer.body["data"]} >= {"int_active", "int_bare", "int_inactive", "int_synced"}
    assert all(row.keys() == {"id", "type", "name", "status", "lastSyncAt"} for row in answer.body["data"])
    shown = {row["id"]: row for row in answer.body["data"]}
    assert shown["int_synced"]["lastSyncAt"] == NOW
    assert shown["int_bare"] == {
        "id": "int_bare",
        "type": "sanity",
        "name": "Site",
        "status": "pending",
        "lastSyncAt": None,
    }


def test_the_list_has_no_end_at_one_page_of_the_table(world: World, table: Table):
    large = {"projectId": "zx3vzmn1", "entityTypes": {f"type{number}": "x" * 1000 for number in range(300)}}
    for number in range(8):
        IntegrationStore(table).create(an_integration(world.ours, id=f"int_large_{number}", config=large))
    answer = request("GET", "/integrations", bearer(world))
    assert len([row for row in answer.body["data"] if row["id"].startswith("int_large_")]) == 8


def test_another_projects_integrations_are_not_listed(world: World):
    theirs = request("GET", "/integrations", bearer(world, "both") | {"X-Project-Id": world.theirs})
    assert [row["id"] for row in theirs.body["data"]] == ["int_theirs"]
    ours = request("GET", "/integrations", bearer(world, "both") | {"x-PROJECT-id": f" {world.ours} "})
    assert "int_theirs" not in {row["id"] for row in ours.body["data"]}


def test_the_detail_holds_the_configuration_and_no_credential(world: World, table: Table):
    reason = StatusReason("service_failing", "Sanity answers 503.", NOW)
    integration = replace(
        an_integration(world.ours, id="int_full"), status_reason=reason, schedule={"every": "hour"}, version=7
    )
    IntegrationStore(table).create(integration)
    CredentialStore(table).put_credentials(world.ours, "int_full", b"a planted ciphertext", b"a planted secret")
    answer = request("GET", "/integrations/int_full", bearer(world, "admin"))
    answer.require(IntegrationAnswer)
    assert answer.status == 200
    assert answer.body == {
        "data": {
            "id": "int_full",
            "type": "sanity",
            "name": "Site",
            "status": "active",
            "lastSyncAt": None,
            "config": {"projectId": "zx3vzmn1", "dataset": "production", "entityTypes": {"article": "post"}},
            "fieldMappings": [
                {"source": "fields.title", "target": "title", "transform": None},
                {"source": "fields.title", "target": "slug.current", "transform": "slugify"},
            ],
            "statusReason": {"code": "service_failing", "message": "Sanity answers 503.", "at": NOW},
            "schedule": {"every": "hour"},
            "version": 7,
            "credentialsSet": True,
            "createdAt": NOW,
            "updatedAt": NOW,
        }
    }


def test_what_was_never_set_is_null_in_the_detail(world: World):
    answer = request("GET", "/integrations/int_active", bearer(world, "admin"))
    answer.require(IntegrationAnswer)
    assert [answer.body["data"][name] for name in ("statusReason", "schedule", "lastSyncAt")] == [None, None, None]
