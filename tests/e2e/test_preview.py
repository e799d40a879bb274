"""A preview on the deployed stack says what the sync after it does."""

import pytest

from tests.e2e.connected import Connected
from tests.e2e.platform import Platform

pytestmark = pytest.mark.stack


def preview(platform: Platform, connected: Connected, direction: str, *ids: str) -> list[dict]:
    answer = platform.call(
        "POST", f"/integrations/{connected.id}/preview", "admin", {"direction": direction, "entityIds": list(ids)}
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json()["data"])


def test_what_is_previewed_is_what_the_sync_does(platform: Platform, connected: Connected):
    ids = (connected.entity_id("a0"), connected.entity_id("a1"))
    assert [each["action"] for each in preview(platform, connected, "push", *ids, "nobody")] == [
        "create",
        "create",
        "fail",
    ]
    assert platform.sync(connected.id, direction="push", entityIds=list(ids))["progress"]["completed"] == 2
    assert [each["action"] for each in preview(platform, connected, "push", *ids)] == ["none", "none"]
    connected.write("a0", title="Another title")
    changed, same = preview(platform, connected, "push", *ids)
    assert (changed["action"], same["action"]) == ("update", "none")
    assert [(each["field"], each["before"], each["after"]) for each in changed["changes"]] == [
        ("title", "Title 0", "Another title"),
        ("slug.current", "title-0", "another-title"),
    ]
    assert [each["action"] for each in preview(platform, connected, "pull", *ids)] == ["none", "none"]


def test_fields_of_documents_are_listed(platform: Platform, connected: Connected):
    platform.sync(connected.id, direction="push")
    answer = platform.call("GET", f"/integrations/{connected.id}/fields")
    assert answer.status_code == 200, answer.text
    paths = {field["path"]: field["type"] for field in answer.json()["data"]}
    assert paths["title"] == paths["slug.current"] == "string"
