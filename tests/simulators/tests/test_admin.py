"""The admin routes: seeding, dumping, editing, switches, the clock, the request log, reset."""

import json
import urllib.request

import httpx
import pytest

from tests.simulators.admin_client import AdminClient, AdminError
from tests.simulators.process import RunningSimulator
from tests.simulators.tests.sanity_calls import CHANGED, SanityCalls


def test_seeded_documents_keep_what_they_bring_and_get_what_they_lack(admin: AdminClient) -> None:
    whole = {
        "_id": "a",
        "_type": "post",
        "_rev": "r1",
        "_createdAt": "2020-01-01T00:00:00Z",
        "_updatedAt": "2021-01-01T00:00:00Z",
    }
    assert admin.seed([whole, {"_id": "b", "_type": "page"}]) == 2
    first, second = admin.dump()
    assert first == whole
    assert second["_rev"]
    assert second["_createdAt"] == second["_updatedAt"]


def test_a_dump_can_be_of_one_id_or_one_type(admin: AdminClient) -> None:
    admin.seed([{"_id": "a", "_type": "post"}, {"_id": "b", "_type": "page"}])
    assert [document["_id"] for document in admin.dump(type="page")] == ["b"]
    assert [document["_id"] for document in admin.dump(id="a")] == ["a"]
    assert admin.dump(id="gone") == []


def test_an_edit_gives_a_new_revision_and_time(calls: SanityCalls, admin: AdminClient) -> None:
    admin.seed([{"_id": "a", "_type": "post", "_rev": "r1", "_updatedAt": "2020-01-01T00:00:00Z", "x": 1, "y": 2}])
    edited = admin.edit("a", set={"seo.title": "t"}, unset=["x"])
    assert (edited["seo"], edited["y"], "x" in edited) == ({"title": "t"}, 2, False)
    assert edited["_rev"] != "r1"
    assert edited["_updatedAt"] > "2022"
    assert calls.document("a") == edited
    admin.delete("a")
    assert admin.dump() == []


def test_an_edit_of_what_is_missing_says_so(admin: AdminClient) -> None:
    with pytest.raises(AdminError, match="was not found"):
        admin.edit("gone", set={"x": 1})


def test_switches_are_checked_by_name_and_kind(admin: AdminClient) -> None:
    with pytest.raises(AdminError, match="unknown switch 'lag'"):
        admin.configure(lag=3)
    with pytest.raises(AdminError, match="rateLimits takes bool"):
        admin.configure(rateLimits="yes")
    assert admin.configure(lagSeconds=3)["lagSeconds"] == 3.0
    assert admin.configuration()["lagSeconds"] == 3.0


def test_the_configuration_shows_no_token(admin: AdminClient) -> None:
    assert "sim-editor" not in json.dumps(admin.configuration())
    assert {"role": "editor", "projectId": None, "expired": False} in admin.configuration()["tokens"]


def test_the_request_log_says_what_arrived_but_no_token(calls: SanityCalls, admin: AdminClient) -> None:
    calls.mutate(
        {"create": {"_id": "a", "_type": "post"}},
        {"patch": {"id": "b", "set": {"x": 1}}},
        visibility="async",
        transaction_id="tx",
    )
    calls.query("count(*[0...1])", perspective="raw")
    calls.documents("a", "b")
    mutate, query, documents = admin.requests()
    assert (mutate["number"], mutate["method"], mutate["status"]) == (1, "POST", 409)
    assert (mutate["mutations"], mutate["ids"], mutate["visibility"]) == (2, ["a", "b"], "async")
    assert mutate["transactionId"] == "tx"
    assert mutate["bodyBytes"] > 50
    assert query["query"] == {"query": "count(*[0...1])", "perspective": "raw"}
    assert documents["ids"] == ["a", "b"]
    assert mutate["time"] <= query["time"] <= documents["time"]
    assert "sim-editor" not in json.dumps([mutate, query, documents])
    assert len(admin.requests(path="/data/doc/")) == 1
    admin.clear_requests()
    assert admin.requests() == []


def test_a_request_that_never_got_an_answer_is_logged_without_a_status(calls: SanityCalls, admin: AdminClient) -> None:
    admin.add_fault("reset_before", match={"path": "mutate"})
    with pytest.raises(httpx.ReadError):
        calls.mutate({"delete": {"id": "a"}})
    (entry,) = admin.requests()
    assert (entry["status"], entry["faults"], entry["ids"]) == (None, ["reset_before"], ["a"])


def test_reset_returns_to_the_beginning(calls: SanityCalls, admin: AdminClient) -> None:
    calls.mutate({"create": {"_id": "a", "_type": "post"}}, transaction_id="tx")
    admin.configure(projectId="other", lagSeconds=5)
    admin.add_fault("status")
    admin.set_clock(now="2020-01-01T00:00:00Z", frozen=True)
    admin.reset()
    assert (admin.dump(), admin.faults(), admin.requests()) == ([], [], [])
    assert admin.configuration()["projectId"] == "simproject"
    assert calls.mutate({"create": {"_id": "a", "_type": "post"}}, transaction_id="tx").status_code == 200
    assert calls.document("a")["_updatedAt"] > "2022"


def test_a_frozen_clock_puts_many_documents_on_one_timestamp(calls: SanityCalls, admin: AdminClient) -> None:
    admin.set_clock(now="2026-05-01T12:00:00Z", frozen=True)
    for start in range(0, 1200, 300):
        calls.mutate(*({"create": {"_id": f"d{number}", "_type": "post"}} for number in range(start, start + 300)))
    assert {document["_updatedAt"] for document in admin.dump()} == {"2026-05-01T12:00:00Z"}


def test_the_known_queries_can_be_listed(sanity: RunningSimulator) -> None:
    with urllib.request.urlopen(f"{sanity.admin_url}/queries") as answer:
        queries = json.load(answer)["queries"]
    assert queries["changed_documents"] == CHANGED.format(limit="<N>")


def test_an_unknown_admin_route_lists_the_known_ones(admin: AdminClient) -> None:
    with pytest.raises(AdminError, match="POST /__sim/seed"):
        admin._call("GET", "nothing")


def test_admin_requests_meet_no_fault_and_are_not_logged(admin: AdminClient) -> None:
    admin.add_fault("status", count=None)
    assert admin.health() == {"service": "sanity", "status": "ok"}
    assert admin.requests() == []
