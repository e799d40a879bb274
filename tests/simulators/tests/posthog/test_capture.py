"""Capture: what it takes, what it refuses whole, what it drops without a word."""

import json
from typing import Any

import pytest

from tests.simulators.admin_client import AdminClient
from tests.simulators.tests.posthog.posthog_calls import PostHogCalls, event


def test_a_batch_is_stored_and_read_back_by_query(calls: PostHogCalls, admin: AdminClient) -> None:
    answer = calls.batch(event(1), event(2))
    assert (answer.status_code, answer.json()) == (200, {"status": "Ok"})
    uuid, name, distinct_id, timestamp, properties = calls.events("published")[0]
    assert (uuid, name, distinct_id) == ("00000000-0000-4000-8000-000000000001", "published", "u1")
    assert timestamp == "2026-01-01T00:00:00Z"
    assert json.loads(properties) == {"n": 1}
    admin.configure(propertiesAsText=False)
    assert calls.events("published")[1][4] == {"n": 2}


@pytest.mark.parametrize("path", ["/i/v0/e/", "/i/v0/e", "/e/", "/capture/", "/track", "/engage/", "/batch"])
def test_a_single_event_goes_to_any_of_the_paths(calls: PostHogCalls, admin: AdminClient, path: str) -> None:
    answer = calls.http.post(path, json={"api_key": "phc_sim", **event()})
    assert answer.status_code == 200
    assert [each["uuid"] for each in admin.dump(kind="events")] == [event()["uuid"]]


def test_gzip_is_taken_with_and_without_its_header(calls: PostHogCalls, admin: AdminClient) -> None:
    assert calls.compressed({"api_key": "phc_sim", "batch": [event(1)]}).status_code == 200
    broken = calls.http.post("/batch/", content=b"\x1f\x8bnonsense")
    assert (broken.status_code, broken.text) == (400, "failed to decode request: invalid GZIP data")
    assert len(admin.dump(kind="events")) == 1
    entry = admin.requests(path="/batch")[0]
    assert (entry["events"], entry["uuids"], entry["historicalMigration"]) == (1, [event()["uuid"]], False)


def test_the_limit_of_twenty_mebibytes_counts_what_was_unpacked(calls: PostHogCalls) -> None:
    frame = len(json.dumps({"api_key": "phc_sim", "batch": [event(properties={"x": ""})]}))

    def status(size: int) -> int:
        body = {"api_key": "phc_sim", "batch": [event(properties={"x": "x" * (size - frame)})]}
        return calls.compressed(body).status_code

    assert (status(20 * 1024 * 1024), status(20 * 1024 * 1024 + 1)) == (200, 413)


def test_a_single_event_may_have_two_mebibytes(calls: PostHogCalls, admin: AdminClient) -> None:
    body = {"api_key": "phc_sim", **event(properties={"x": "x" * 2_100_000})}
    answer = calls.http.post("/capture/", json=body)
    assert (answer.status_code, answer.text[:27]) == (413, "maximum event size exceeded")
    admin.configure(tooLargeStatus=400)
    assert calls.http.post("/capture/", json=body).status_code == 400
    assert calls.http.post("/batch/", json=body).status_code == 200


def test_an_unknown_token_is_taken_and_its_events_are_dropped(calls: PostHogCalls, admin: AdminClient) -> None:
    answer = calls.http.post("/batch/", json={"api_key": "phc_mistyped", "batch": [event()]})
    assert (answer.status_code, answer.json()) == (200, {"status": "Ok"})
    assert calls.http.post("/batch/", json={"api_key": "phc_elsewhere", "batch": [event()]}).status_code == 200
    assert admin.dump(kind="events") == []
    assert len(admin.dump(kind="events", projectId="54321")) == 1


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("", "API key is not valid: empty"),
        ("phc_" + "x" * 61, "API key is not valid: too_long"),
        ("phc_é", "API key is not valid: not_ascii"),
        ("phx_sim", "API key is not valid: personal_api_key"),
        ("phc_\0", "API key is not valid: null_byte"),
        (None, "event submitted without an api_key"),
    ],
)
def test_a_tokens_shape_is_checked(calls: PostHogCalls, token: str | None, reason: str) -> None:
    answer = calls.http.post("/batch/", json={"api_key": token, "batch": [event()]})
    assert (answer.status_code, answer.text) == (401, reason)


def test_events_alone_may_name_the_token_but_only_one(calls: PostHogCalls) -> None:
    own = [event(1, api_key="phc_sim"), event(2, properties={"token": "phc_sim"})]
    assert calls.http.post("/batch/", json=own).status_code == 200
    answer = calls.http.post("/batch/", json=[*own, event(3, api_key="phc_other")])
    assert (answer.status_code, answer.text) == (401, "batch submitted with inconsistent api_key values")
    assert len(calls.events("published")) == 2


@pytest.mark.parametrize(
    "bad",
    [event(uuid="not-a-uuid"), event(event=""), {"distinct_id": "u1"}, event(properties=[1]), "text"],
)
def test_one_event_that_cannot_be_parsed_refuses_the_whole_batch(calls: PostHogCalls, bad: object) -> None:
    answer = calls.http.post("/batch/", json={"api_key": "phc_sim", "batch": [event(2), bad]})
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/plain")
    assert calls.events("published") == []


@pytest.mark.parametrize("content", [b"", b"{", b'{"api_key":"phc_sim","batch":[]}'])
def test_what_is_no_batch_is_refused(calls: PostHogCalls, content: bytes) -> None:
    assert calls.http.post("/batch/", content=content).status_code == 400
    assert calls.http.get("/batch/").status_code == 405


def test_an_empty_uuid_is_generated_one_after_another(calls: PostHogCalls, admin: AdminClient) -> None:
    calls.batch(event(uuid=""), event(uuid=None))
    uuids = [each["uuid"] for each in admin.dump(kind="events")]
    assert uuids == ["00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"]


def test_events_without_an_id_or_with_an_illegal_one_are_dropped_silently(
    calls: PostHogCalls, admin: AdminClient
) -> None:
    long = "x" * 201
    bad: list[dict[str, Any]] = [
        {"distinct_id": None},
        {"distinct_id": "undefined"},
        {"distinct_id": long},
        {"event": long},
    ]
    assert calls.batch(*(event(number, **each) for number, each in enumerate(bad)), event(9)).status_code == 200
    assert [each["properties"]["n"] for each in admin.dump(kind="events")] == [9]
    admin.configure(missingDistinctId="refused")
    assert calls.batch(event(distinct_id=None)).status_code == 400


def test_over_quota_everything_is_answered_and_nothing_is_stored(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.configure(quotaLimited="events")
    assert calls.batch(event()).json() == {"status": "Ok", "quota_limited": ["events"]}
    admin.configure(quotaLimited="recordings")
    assert calls.batch(event(2)).json() == {"status": "Ok", "quota_limited": ["recordings"]}
    assert [each["properties"]["n"] for each in admin.dump(kind="events")] == [2]


def test_sent_at_corrects_the_senders_clock_and_the_far_future_becomes_now(
    calls: PostHogCalls, admin: AdminClient
) -> None:
    admin.set_clock(now="2026-06-01T12:00:00Z", frozen=True)
    calls.batch(event(1, timestamp="2026-06-01T10:00:00Z"), sent_at="2026-06-01T11:00:00Z")
    calls.batch(event(2, timestamp="2026-06-03T10:00:00Z"), event(3, timestamp="soon"))
    ignoring = event(4, timestamp="2026-06-01T10:00:00Z", properties={"n": 4, "$ignore_sent_at": True})
    calls.batch(ignoring, sent_at="2026-06-01T11:00:00Z")
    times = {each["properties"]["n"]: each["timestamp"] for each in admin.dump(kind="events")}
    noon = "2026-06-01T12:00:00Z"
    assert times == {1: "2026-06-01T11:00:00Z", 2: noon, 3: noon, 4: "2026-06-01T10:00:00Z"}


def test_a_fault_can_take_the_form_of_capture(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.add_fault("status", status=503, reason="capture")
    assert (calls.batch(event()).text, calls.batch(event()).status_code) == ("transient error, please retry", 200)


def test_one_event_that_is_too_large_refuses_its_batch(calls: PostHogCalls, admin: AdminClient) -> None:
    large = event(1, properties={"text": "x" * 3_000})
    assert calls.batch(large).status_code == 200
    admin.reset()
    admin.configure(batchedEventBytes=2_000)
    answer = calls.batch(event(2), large)
    assert (answer.status_code, "maximum event size exceeded" in answer.text) == (413, True)
    assert admin.dump(kind="events") == []
    assert calls.batch(event(2)).status_code == 200
