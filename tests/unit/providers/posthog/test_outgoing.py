import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from integrations.providers.contract import OutgoingRecord, Rejected
from integrations.providers.posthog.outgoing import batch_body, event_uuid, prepare

NOW = datetime(2026, 1, 2, tzinfo=UTC)
UPDATED_AT = 1_767_225_600_123  # 2026-01-01T00:00:00.123Z


def record(targets=None, remote_type="event:read", **changes):
    targets = {"distinct_id": "u1", **(targets or {"properties.title": "T"})}
    values = {"external_id": "e-1", "changed": frozenset(targets), "updated_at": UPDATED_AT, **changes}
    return OutgoingRecord(entity_id="a1", remote_type=remote_type, targets=targets, **values)


def sent(made):
    return json.loads(prepare(0, made, NOW).event)


def test_uuid_and_time_follow_from_the_entitys_state_alone():
    first, again = record(), record({"properties.title": "Other mapping"})
    assert event_uuid(first) == event_uuid(again) == "32a3a849-5695-5f0c-8936-83158a72b846"
    others = [replace(first, updated_at=UPDATED_AT + 1), replace(first, entity_id="a2"), record(remote_type="person")]
    assert len({event_uuid(each) for each in (first, *others)}) == 4
    assert sent(first)["timestamp"] == "2026-01-01T00:00:00.123000Z"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2025-12-31", "2025-12-31T00:00:00Z"),
        ("2025-12-31T10:00:00+02:00", "2025-12-31T08:00:00Z"),
        (1_767_225_600_000, "2026-01-01T00:00:00Z"),
        (1_767_225_600_500.0, "2026-01-01T00:00:00.500000Z"),
        (None, "2026-01-01T00:00:00.123000Z"),
    ],
)
def test_a_mapped_time_is_the_events(value, expected):
    assert sent(record({"timestamp": value}))["timestamp"] == expected


@pytest.mark.parametrize("value", ["yesterday", True, [1], 1e300, "2026-01-03T00:00:01Z"])
def test_a_time_that_posthog_would_replace_is_refused(value):
    outcome = prepare(0, record({"timestamp": value}), NOW)
    assert isinstance(outcome, Rejected) and outcome.code == "timestamp_refused"


def test_a_person_has_only_what_changed_set():
    targets = {"properties.plan": None, "properties.city": "Oslo", "timestamp": "ignored", "views": 3}
    made = sent(record(targets, "person", changed=frozenset({"properties.plan"})))
    assert (made["event"], made["$set"]) == ("$set", {"plan": None})
    assert made["properties"] == {"$lib": "wiserows", "$geoip_disable": True}
    assert made["timestamp"] == "2026-01-01T00:00:00.123000Z"


def test_a_persons_property_is_set_whole_from_all_that_is_mapped_of_it():
    targets = {"properties.seo.title": "T", "properties.seo.words[1]": 2, "properties.plan": "pro"}
    made = sent(record(targets, "person", changed=frozenset({"properties.seo.title"})))
    assert made["$set"] == {"seo": {"title": "T", "words": [None, 2]}}


def test_a_new_person_with_nothing_but_its_id_is_made():
    assert sent(record({"created_at": "x"}, "person"))["$set"] == {}


def test_a_target_that_the_entity_no_longer_has_is_left_alone():
    gone = record({"properties.plan": "pro"}, "person", changed=frozenset({"properties.city"}))
    assert prepare(0, gone, NOW).event == b""


def test_our_mark_on_an_event_cant_be_mapped_away():
    assert sent(record({"properties.$lib": "other"}))["properties"]["$lib"] == "wiserows"


@pytest.mark.parametrize("value", [float("nan"), "\ud800", object()])
def test_what_json_cant_say_is_refused(value):
    outcome = prepare(0, record({"properties.x": value}), NOW)
    assert isinstance(outcome, Rejected) and outcome.code == "not_json"


def test_properties_that_stand_in_each_others_way_are_refused():
    outcome = prepare(0, record({"properties.a": "text", "properties.a.b": 1}), NOW)
    assert isinstance(outcome, Rejected) and outcome.code == "path_blocked"


def test_the_same_events_make_the_same_bytes():
    events = [prepare(0, record(), NOW).event]
    body = batch_body("phc_t", events, is_historical=True)
    assert body == batch_body("phc_t", events, is_historical=True)
    assert json.loads(gzip.decompress(body)) == {
        "api_key": "phc_t",
        "historical_migration": True,
        "batch": [json.loads(events[0])],
    }
