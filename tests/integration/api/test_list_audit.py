import hashlib

import pytest

from integrations.api.envelopes import AuditAnswer
from integrations.domain.audit import AuditEntry
from integrations.runtime.api import services
from integrations.storage.audit import put_entry
from integrations.storage.table import Table
from tests.api_world import NOW, World
from tests.integration.api.gateway import Answer
from tests.integration.api.managing import audited, call, change, create, give_credentials


def listed(world: World, id: str, query: str = "") -> Answer:
    answer = call(world, "GET", f"/integrations/{id}/events?{query}")
    assert answer.status == 200, answer.body
    answer.require(AuditAnswer)
    return answer


def test_an_entry_says_who_did_what_and_when(world: World):
    made = create(world)
    [entry] = listed(world, made["id"]).body["data"]
    assert entry == {
        "id": entry["id"],
        "at": made["createdAt"],
        "keyId": hashlib.sha256(world.keys["admin"].encode()).hexdigest(),
        "action": "create",
        "changed": ["type", "name", "config"],
    }


def test_every_call_is_listed_newest_first(world: World):
    id = create(world)["id"]
    change(world, id, {"name": "Other"})
    give_credentials(world, id, token="sk")
    assert [action for action, _ in audited(world, id)] == ["put_credentials", "update", "create"]
    assert audited(world, "int_bare") == []


def test_pages_follow_one_another(world: World, table: Table):
    now = services().now()
    for number in range(25):
        entry = AuditEntry(f"01KZ{number:04d}", now + number, "key", "update", ("name",))
        table.write(put_entry(world.ours, "int_bare", entry))
    first = listed(world, "int_bare")
    assert len(first.body["data"]) == 20
    rest = listed(world, "int_bare", f"limit=100&cursor={first.body['meta']['nextCursor']}")
    ids = [entry["id"] for entry in first.body["data"] + rest.body["data"]]
    assert ids == [f"01KZ{number:04d}" for number in reversed(range(25))]
    assert rest.body["meta"] == {"nextCursor": None}
    elsewhere = call(world, "GET", f"/integrations/int_active/events?cursor={first.body['meta']['nextCursor']}")
    assert (elsewhere.status, elsewhere.code) == (422, "validation_failed")


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "cursor=", "cursor=abc"])
def test_a_page_that_cannot_be_is_refused(world: World, query: str):
    assert call(world, "GET", f"/integrations/int_active/events?{query}").code == "validation_failed"


def test_entries_are_kept_90_days(world: World, table: Table):
    entry = AuditEntry("01A", NOW - 91 * 24 * 60 * 60 * 1000 - 10**12, "key", "update", ("name",))
    table.write(put_entry(world.ours, "int_bare", entry))
    assert audited(world, "int_bare") == []
