"""What becomes of accepted events: duplicates collapse, persons follow, all of it after a delay if wanted."""

from typing import Any

from tests.simulators.admin_client import AdminClient
from tests.simulators.tests.posthog.posthog_calls import PostHogCalls, event


def numbers(calls: PostHogCalls) -> list[Any]:
    """The events that queries see, by uuid and distinct_id."""
    return [[row[0][-1], row[2]] for row in calls.events("published")]


def person(calls: PostHogCalls, distinct_id: str) -> dict[str, Any]:
    """One person that must be there."""
    (found,) = calls.get("persons/", distinct_id=distinct_id).json()["results"]
    return dict(found)


def test_one_uuid_day_name_and_id_is_one_event_and_the_newest_stays(calls: PostHogCalls, admin: AdminClient) -> None:
    calls.batch(event(1, properties={"v": 1}))
    calls.batch(event(1, timestamp="2026-01-01T23:00:00Z", properties={"v": 2}))
    (stored,) = {each["uuid"]: each for each in admin.dump(kind="events")}.values()
    assert stored["properties"] == {"v": 2}
    assert len(calls.events("published")) == 1


def test_another_day_name_or_id_makes_another_event(calls: PostHogCalls) -> None:
    calls.batch(event(), event(timestamp="2026-01-02T00:00:00Z"), event(distinct_id="u2"), event(event="other"))
    assert len(calls.events("published")) == 3
    assert calls.rows("select count() from events") == [[4]]


def test_before_they_are_merged_both_are_seen(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.configure(mergeDelaySeconds=60)
    calls.batch(event(1))
    calls.batch(event(1, properties={"v": 2}))
    assert len(calls.events("published")) == 2
    admin.set_clock(advanceSeconds=61)
    assert len(calls.events("published")) == 1


def test_ingestion_takes_its_time_and_backfills_take_their_own(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.configure(ingestionDelaySeconds=60, historicalDelaySeconds=600)
    calls.batch(event(1, **{"$set": {"plan": "pro"}}))
    calls.batch(event(2), historical_migration=True)
    assert (numbers(calls), calls.get("persons/").json()["results"]) == ([], [])
    assert len(admin.dump(kind="pending")) == 2
    admin.set_clock(advanceSeconds=61)
    assert numbers(calls) == [["1", "u1"]]
    assert person(calls, "u1")["properties"] == {"plan": "pro"}
    assert admin.settle() == 1
    assert numbers(calls) == [["1", "u1"], ["2", "u1"]]
    flags = [each["historical_migration"] for each in admin.dump(kind="events")]
    assert flags == [False, True]


def test_persons_are_set_once_set_and_unset(calls: PostHogCalls) -> None:
    calls.batch(event(1, **{"$set": {"plan": "free", "x": 1}, "$set_once": {"first": "a"}}))
    calls.batch(event(2, properties={"$set": {"plan": "pro"}, "$set_once": {"first": "b"}, "$unset": ["x"]}))
    found = person(calls, "u1")
    assert found["properties"] == {"plan": "pro", "first": "a"}
    assert found["created_at"] == "2026-01-01T00:00:00Z"
    assert calls.get(f"persons/{found['uuid']}/").json() == found


def test_events_without_a_profile_make_no_person(calls: PostHogCalls, admin: AdminClient) -> None:
    calls.batch(event(properties={"$process_person_profile": False, "$set": {"x": 1}}))
    assert admin.dump(kind="persons") == []


def test_identify_and_alias_merge_persons(calls: PostHogCalls, admin: AdminClient) -> None:
    calls.batch(event(1, distinct_id="anon", **{"$set": {"a": 1, "b": 1}}), event(2, distinct_id="u1"))
    calls.batch(event(3, event="$identify", properties={"$anon_distinct_id": "anon", "$set": {"b": 2}}))
    calls.batch(event(4, event="$create_alias", properties={"alias": "other"}))
    (found,) = admin.dump(kind="persons")
    assert found["distinct_ids"] == ["u1", "anon", "other"]
    assert found["properties"] == {"a": 1, "b": 2}
    assert person(calls, "other")["uuid"] == found["uuid"]
