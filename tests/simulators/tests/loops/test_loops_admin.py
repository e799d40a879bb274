"""The admin routes: seeding, dumping, editing, switches, reset, the state file."""

import json
import time
from pathlib import Path

import pytest

from tests.simulators.admin_client import AdminClient, AdminError
from tests.simulators.process import start_simulator
from tests.simulators.tests.loops.loops_calls import CONFIG, LoopsCalls


def test_seeded_contacts_keep_what_they_bring_and_get_what_they_lack(calls: LoopsCalls, admin: AdminClient) -> None:
    assert admin.seed([{"id": "c1", "email": "a@b.co", "plan": "pro", "subscribed": False}, {"email": "b@b.co"}]) == 2
    first, second = admin.dump()
    assert (first["id"], first["plan"], first["subscribed"], first["userGroup"]) == ("c1", "pro", False, "")
    assert (second["id"][:2], second["subscribed"]) == ("cl", True)
    assert calls.contact(email="a@b.co") == first
    assert admin.dump(email="b@b.co") == [second]


def test_two_seeded_contacts_cannot_share_an_address(admin: AdminClient) -> None:
    with pytest.raises(AdminError, match="belongs to another contact"):
        admin.seed([{"id": "c1", "email": "a@b.co"}, {"id": "c2", "email": "A@b.co"}])


def test_an_edit_changes_a_contact_by_id_email_or_user_id(calls: LoopsCalls, admin: AdminClient) -> None:
    admin.seed([{"id": "c1", "email": "a@b.co", "userId": "u1", "firstName": "A", "plan": "pro"}])
    assert admin.edit("c1", set={"subscribed": False, "userId": "u2"}, unset=["firstName"])["firstName"] is None
    assert admin.edit("u2", set={"email": "new@b.co"})["subscribed"] is False
    assert calls.contact(userId="u2")["email"] == "new@b.co"
    admin.delete("new@b.co")
    assert admin.dump() == []
    with pytest.raises(AdminError, match="no contact has"):
        admin.edit("c1", set={"firstName": "B"})


def test_an_edit_can_neither_break_a_rule_nor_take_anothers_address(admin: AdminClient) -> None:
    admin.seed([{"id": "c1", "email": "a@b.co"}, {"id": "c2", "email": "b@b.co"}])
    before = admin.dump()
    with pytest.raises(AdminError, match="Invalid email"):
        admin.edit("c1", set={"email": "nobody"})
    with pytest.raises(AdminError, match="belongs to another contact"):
        admin.edit("c1", set={"email": "b@b.co"})
    assert admin.dump() == before


def test_the_configuration_shows_no_secret(admin: AdminClient) -> None:
    shown = admin.configuration()
    assert (shown["apiKeys"], shown["webhookSecret"]) == (2, "set")
    assert "second" not in json.dumps(shown)
    assert "whsec_" not in json.dumps(shown)
    with pytest.raises(AdminError, match="apiKeys must be a list"):
        admin.configure(apiKeys="key")
    with pytest.raises(AdminError, match="webhookUrl must start with"):
        admin.configure(webhookUrl="https://example.com")


def test_the_log_says_who_was_named_and_by_which_keys_but_no_api_key(calls: LoopsCalls, admin: AdminClient) -> None:
    calls.update(email="a@b.co", firstName="A")
    calls.send(userId="u1", key="k")
    update, send = admin.requests()
    assert (update["keys"], update["email"], update["status"]) == (["email", "firstName"], "a@b.co", 200)
    assert (send["eventName"], send["userId"], send["idempotencyKey"], send["status"]) == ("signup", "u1", "k", 400)
    assert "Bearer" not in json.dumps([update, send])


def test_reset_returns_to_the_beginning(calls: LoopsCalls, admin: AdminClient) -> None:
    first = calls.create("a@b.co").json()["id"]
    calls.http.post("/contacts/properties", json={"name": "size", "type": "number"})
    calls.send(email="a@b.co", key="k")
    admin.configure(teamName="Other", mailingLists=[])
    admin.reset()
    assert admin.dump() == []
    assert [each["key"] for each in admin.configuration()["properties"]] == ["plan", "logins", "isPaying", "joinedAt"]
    assert calls.http.get("/api-key").json()["teamName"] == "Acme"
    assert len(calls.http.get("/lists").json()) == 2
    assert calls.create("a@b.co").json()["id"] == first
    assert calls.send(email="a@b.co", key="k").status_code == 200


def test_a_state_file_keeps_contacts_properties_and_keys(tmp_path: Path) -> None:
    state_file = tmp_path / "loops.json"
    with start_simulator("loops", config=CONFIG, state_file=state_file) as simulator:
        calls = LoopsCalls(simulator.url)
        calls.http.post("/contacts/properties", json={"name": "size", "type": "number"})
        calls.create("a@b.co", size=3)
        calls.send(email="a@b.co", key="k")
        calls.http.close()
    with start_simulator("loops", config=CONFIG, state_file=state_file) as simulator:
        calls = LoopsCalls(simulator.url)
        assert calls.contact(email="a@b.co")["size"] == 3
        assert calls.send(email="a@b.co", key="k").status_code == 409
        assert calls.create("b@b.co").json()["id"] != calls.contact(email="a@b.co")["id"]
        calls.http.close()


def test_ten_thousand_contacts_are_no_burden(calls: LoopsCalls, admin: AdminClient) -> None:
    admin.seed({"id": f"c{number}", "email": f"n{number}@b.co", "userId": f"u{number}"} for number in range(10_000))
    started = time.perf_counter()
    assert {calls.update(email=f"n{number}@b.co", plan="pro").status_code for number in range(200)} == {200}
    assert time.perf_counter() - started < 2.0
    assert len(admin.dump()) == 10_000
