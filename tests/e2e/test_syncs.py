"""Syncs on the deployed stack, as users see them."""

import time
import uuid
from collections.abc import Callable

import pytest

from tests.e2e.conftest import Connected
from tests.e2e.platform import Platform

pytestmark = pytest.mark.stack


def test_a_push_brings_every_entity_and_the_job_says_so(connected: Connected) -> None:
    job = connected.push()
    assert (job["status"], job["progress"]) == ("completed", {"total": 3, "completed": 3, "failed": 0})
    assert connected.documents()[connected.document_id("a1")] == {
        "title": "Title 1",
        "slug": {"_type": "slug", "current": "title-1"},
        "body": "<p>Some <em>text</em> 1</p>\n",
        "seo": {"description": "short"},
    }
    assert connected.platform.integration(connected.id)["lastSyncAt"] == job["completedAt"]


def test_a_second_push_makes_no_request_and_one_change_makes_one(connected: Connected) -> None:
    connected.push()
    connected.sanity.forget_requests()
    assert connected.push()["progress"] == {"total": 3, "completed": 3, "failed": 0}
    assert connected.sanity.mutations() == []
    connected.write("a1", title="Changed")
    connected.push()
    [mutation] = connected.sanity.mutations()
    assert mutation["ids"] == [connected.document_id("a1")]
    assert connected.documents()[connected.document_id("a1")]["title"] == "Changed"


def test_a_field_that_is_not_mapped_survives_a_push(connected: Connected) -> None:
    connected.push()
    connected.sanity.edit(connected.document_id("a1"), author="Somebody", **{"seo.keywords": ["a"]})
    connected.write("a1", title="Changed", description="Changed too")
    assert connected.push()["progress"]["failed"] == 0
    document = connected.documents()[connected.document_id("a1")]
    assert (document["author"], document["title"]) == ("Somebody", "Changed")
    assert document["seo"] == {"description": "Changed too", "keywords": ["a"]}


def test_a_pull_right_after_a_push_writes_nothing(connected: Connected) -> None:
    connected.push()
    before = connected.entities()
    assert connected.pull()["progress"] == {"total": 3, "completed": 3, "failed": 0}
    assert connected.entities() == before


def test_an_edit_in_sanity_changes_that_entity_alone_and_is_not_pushed_back(connected: Connected) -> None:
    connected.push()
    before = connected.entities()
    connected.sanity.edit(connected.document_id("a1"), title="Edited", body="<p>Now <strong>bold</strong></p>\n")
    assert connected.pull()["progress"]["failed"] == 0
    after = connected.entities()
    assert after["a1"]["fields"]["title"] == "Edited"
    assert after["a1"]["fields"]["body"].strip() == "Now **bold**"
    assert {**after, "a1": None} == {**before, "a1": None}
    connected.sanity.forget_requests()
    connected.push()
    assert connected.sanity.mutations() == []


def test_the_last_text_stays_although_the_index_lags(connected: Connected) -> None:
    connected.sanity.admin("POST", "config", {"lagSeconds": 20, "lagIgnoresSync": True})
    connected.push()
    time.sleep(1.1)
    connected.write("a1", title="Last", body="The *last* text")
    connected.push()
    assert connected.pull()["progress"]["failed"] == 0
    fields = connected.entities()["a1"]["fields"]
    assert (fields["title"], fields["body"]) == ("Last", "The *last* text")
    connected.sanity.admin("POST", "settle")
    assert connected.pull(mode="full")["progress"]["failed"] == 0
    assert connected.entities()["a1"]["fields"] == fields


def test_a_lost_acknowledgement_ends_in_the_same_state(connected: Connected) -> None:
    connected.sanity.forget_requests()
    connected.sanity.fault(kind="reset_after", match={"path": "/data/mutate/"})
    job = connected.push()
    assert (job["status"], job["progress"]) == ("completed", {"total": 3, "completed": 3, "failed": 0})
    assert len(connected.documents()) == 3
    assert [mutation["status"] for mutation in connected.sanity.mutations()].count(200) <= 1


def test_an_unknown_entity_fails_alone_and_the_log_names_it(connected: Connected) -> None:
    wanted = [connected.entity_id(name) for name in ("a0", "a2", "a0")]
    job = connected.push(entityIds=[*wanted, "nobody"])
    assert (job["status"], job["progress"]) == ("completed", {"total": 3, "completed": 2, "failed": 1})
    assert [entry for entry in job["logs"] if "nobody" in entry["message"] and "no entity" in entry["message"]]
    assert set(connected.documents()) == {connected.document_id("a0"), connected.document_id("a2")}


def test_a_change_on_both_sides_is_a_conflict_and_both_stay(connected: Connected) -> None:
    connected.push()
    connected.sanity.edit(connected.document_id("a1"), title="Theirs")
    connected.write("a1", title="Ours", description="Ours too")
    job = connected.push()
    assert (job["status"], job["progress"]) == ("completed", {"total": 3, "completed": 2, "failed": 1})
    assert [entry for entry in job["logs"] if "a1" in entry["message"] and "both sides: title" in entry["message"]]
    document = connected.documents()[connected.document_id("a1")]
    assert (document["title"], document["seo"]["description"]) == ("Theirs", "Ours too")
    assert connected.pull()["progress"]["failed"] == 1
    assert connected.entities()["a1"]["fields"]["title"] == "Ours"


def test_a_document_that_sanity_refuses_does_not_stop_the_rest(connected: Connected) -> None:
    connected.write("a1", description={f"k{number}": number for number in range(1_200)})
    job = connected.push()
    assert (job["status"], job["progress"]) == ("completed", {"total": 3, "completed": 2, "failed": 1})
    assert [entry for entry in job["logs"] if entry["message"].startswith(f"{connected.entity_id('a1')}:")]
    assert set(connected.documents()) == {connected.document_id("a0"), connected.document_id("a2")}


def test_a_wrong_token_is_diagnosed_and_put_right(connect: Callable[..., Connected], platform: Platform) -> None:
    token = f"sk-{uuid.uuid4().hex}"
    made = connect(token=token)
    answer = platform.call("POST", f"/integrations/{made.id}/test", "write").json()
    assert answer["data"]["connected"] is False
    assert isinstance(answer["data"]["latencyMs"], int)
    assert "Settings > Integrations" in answer["meta"]["diagnosis"]["message"]
    detail = platform.integration(made.id)
    assert (detail["status"], detail["statusReason"]["code"]) == ("error", answer["meta"]["diagnosis"]["code"])
    platform.sanity.admin("POST", "config", {"tokens": [*_tokens(platform), {"token": token, "role": "editor"}]})
    assert platform.call("POST", f"/integrations/{made.id}/test", "write").json()["data"]["connected"] is True
    assert platform.integration(made.id)["status"] == "active"


def test_refused_credentials_fail_the_job_and_mark_the_integration(
    connect: Callable[..., Connected], platform: Platform
) -> None:
    made = connect(token="sk-nobody")
    made.write("a1", title="x")
    made.sanity.forget_requests()
    job = made.push()
    assert job["status"] == "failed"
    assert platform.integration(made.id)["status"] == "error"
    assert len(made.sanity.mutations()) == 1


def _tokens(platform: Platform) -> list[dict[str, str]]:
    return [{"token": platform.stack["simulators"]["sanity"]["token"], "role": "editor"}]
