"""What is PostHog's own when records are sent, against its simulator."""

import json
import time
from dataclasses import replace

import pytest

from integrations.domain.errors import OutcomeUnknown
from integrations.providers.contract import Accepted, Rejected
from tests.contract.providers.posthog_kit import CAPTURE, EVENT_BYTES, event, open_posthog, person, settings_for

ALL = {"reader": "person", "article": "event:article_published", "visit": "pageviews"}
DAY_MS = 86_400_000


@pytest.fixture
def provider(posthog):
    provider = open_posthog(posthog, settings_for(posthog), entityTypes=ALL)
    yield provider
    provider.close()


def events(posthog):
    return posthog.admin.dump(kind="events", event="article_published")


def persons(posthog):
    return {each["distinct_ids"][0]: each["properties"] for each in posthog.admin.dump(kind="persons")}


def test_twenty_thousand_persons_go_in_twenty_requests(posthog, provider):
    started = time.perf_counter()
    for first in range(0, 20_000, 1_000):
        outcomes = provider.push_batch([person(first + number) for number in range(1_000)], "job")
        assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    seconds = time.perf_counter() - started
    requests = posthog.admin.requests()
    print(f"\n20,000 persons: {len(requests)} requests, {seconds:.1f} s")
    assert len(requests) == 20
    assert len(persons(posthog)) == 20_000


def test_only_changed_properties_of_a_person_are_set_and_the_others_survive(posthog, provider):
    created = "2026-01-01T00:00:00Z"
    properties = {"plan": "free", "city": "Rome", "age": 5}
    posthog.admin.seed([{"distinct_ids": ["reader-1"], "created_at": created, "properties": properties}])
    targets = {"properties.plan": "pro", "properties.city": "Oslo", "properties.age": None, "created_at": "never"}
    changed = frozenset({"properties.plan", "properties.age"})
    (outcome,) = provider.push_batch([person(1, targets, changed=changed, known=True)], "job")
    assert isinstance(outcome, Accepted)
    assert persons(posthog) == {"reader-1": {"plan": "pro", "city": "Rome", "age": None}}


@pytest.mark.parametrize("changed", [set(), {"created_at"}])
def test_nothing_to_send_is_no_request(posthog, provider, changed):
    record = person(1, {"properties.a": 1, "created_at": "2026-01-01"}, changed=frozenset(changed))
    assert provider.push_batch([record], "job") == [Accepted("entity-1")]
    assert posthog.admin.requests() == []


def test_an_event_carries_all_that_is_mapped_and_its_entitys_time(posthog, provider):
    record = event(1, {"properties.words": 900}, changed=frozenset({"properties.words"}))
    provider.push_batch([record], "job")
    (stored,) = events(posthog)
    assert (stored["distinct_id"], stored["timestamp"]) == ("author-1", "2026-01-01T00:00:00.001000Z")
    marks = {"$lib": "wiserows", "$geoip_disable": True}
    assert stored["properties"] == {"title": "Title 1", "words": 900, **marks}


def test_what_is_sent_again_collapses(posthog, provider):
    records = [*(event(number) for number in range(5)), *(person(number) for number in range(5))]
    posthog.admin.add_fault("reset_after", match={"path": CAPTURE})
    assert all(isinstance(outcome, Accepted) for outcome in provider.push_batch(records, "job"))
    assert len(posthog.admin.requests(CAPTURE)) == 3  # events and persons in a body each, and one of them again
    provider.push_batch(records, "other job")
    settings = replace(settings_for(posthog), unix_time=lambda: time.time() + 86_400.0)
    later = open_posthog(posthog, settings, entityTypes=ALL)
    later.push_batch(records, "next day's job")
    later.close()
    stored = posthog.admin.dump(kind="events")
    assert len({(each["uuid"], each["timestamp"], each["event"], each["distinct_id"]) for each in stored}) == 10
    (page,) = pulled_pages(provider, ["event:article_published", "event:$set"])
    assert page == 0  # ours are no news


def test_another_state_of_the_entity_is_another_event(posthog, provider):
    for updated_at in (1_767_225_600_000, 1_767_225_600_001):
        provider.push_batch([event(1, updated_at=updated_at)], "job")
    assert len({each["uuid"] for each in events(posthog)}) == 2


def test_old_events_take_the_lane_of_backfills_and_persons_never_do(posthog, provider):
    now_ms = int(time.time() * 1_000)
    records = [event(1, updated_at=now_ms), event(2, updated_at=now_ms - 3 * DAY_MS), person(3, updated_at=1)]
    provider.push_batch(records, "job")
    entries = posthog.admin.requests(CAPTURE)
    assert [(entry["events"], entry["historicalMigration"]) for entry in entries] == [(2, False), (1, True)]


def test_over_the_quota_nothing_counts_as_sent(posthog, provider):
    posthog.admin.configure(quotaLimited="events")
    outcomes = provider.push_batch([person(1), person(2)], "job")
    assert [(outcome.code, outcome.transient) for outcome in outcomes] == [("quota_limited", True)] * 2
    assert persons(posthog) == {}


@pytest.mark.parametrize("distinct_id", [None, "", " ", 7, "x" * 201, "Anonymous", "undefined", "0"])
@pytest.mark.parametrize("make", [person, event])
def test_ids_that_posthog_drops_in_silence_are_refused_here(posthog, provider, make, distinct_id):
    bad = make(1, {"distinct_id": distinct_id})
    outcomes = provider.push_batch([bad, make(2)], "job")
    assert isinstance(outcomes[0], Rejected) and outcomes[0].code == "distinct_id_refused"
    assert isinstance(outcomes[1], Accepted)
    assert posthog.admin.requests(CAPTURE)[0]["events"] == 1


def test_a_record_that_is_too_large_for_posthog_makes_no_request(posthog, provider):
    (outcome,) = provider.push_batch([person(1, {"properties.bio": "x" * 1_000_000})], "job")
    assert (outcome.code, posthog.admin.requests()) == ("payload_too_large", [])


@pytest.mark.parametrize("status", [400, 413])
@pytest.mark.parametrize("bad", [{3}, {0, 63}, set(range(20, 24))])
def test_bad_records_are_found_by_halves(posthog, provider, status, bad):
    posthog.admin.configure(batchedEventBytes=EVENT_BYTES, tooLargeStatus=status)
    large = {"properties.bio": "x" * EVENT_BYTES}
    outcomes = provider.push_batch([event(n, large if n in bad else None) for n in range(64)], "job")
    refused = {place: outcome for place, outcome in enumerate(outcomes) if isinstance(outcome, Rejected)}
    assert set(refused) == bad
    assert all("maximum event size" in outcome.message for outcome in refused.values())
    assert len({each["uuid"] for each in events(posthog)}) == 64 - len(bad)
    assert len(posthog.admin.requests(CAPTURE)) <= 13 * len(bad)


def test_what_was_sent_before_a_failure_is_of_unknown_outcome(posthog, provider):
    now_ms = int(time.time() * 1_000)
    posthog.admin.add_fault("status", status=429, retryAfterSeconds=600, match={"path": CAPTURE, "nth": 2})
    with pytest.raises(OutcomeUnknown) as failed:
        provider.push_batch([event(1, updated_at=now_ms), event(2)], "job")
    assert failed.value.retry_after_seconds == 600


def test_no_key_reaches_capture_and_no_token_the_log(posthog, provider):
    provider.push_batch([person(1)], "job")
    logged = json.dumps(posthog.admin.requests())
    assert "phx_sim" not in logged and "phc_sim" not in logged


def pulled_pages(provider, remote_types):
    cursor, sizes = provider.first_cursor(None), []
    while cursor is not None:
        page = provider.pull_page(remote_types, cursor)
        sizes.append(len(page.records))
        cursor = page.next_cursor
    return [sum(sizes)]
