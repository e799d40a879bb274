import json
from dataclasses import replace
from math import ceil, log2

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.domain.errors import (
    ConfigurationRefused,
    OutcomeUnknown,
    RateLimited,
    ReconnectRequired,
    RetryLater,
)
from integrations.providers.contract import Accepted, PushProvider, Rejected, Stale
from integrations.providers.sanity.documents import ENVELOPE_BYTES
from tests.unit.providers.sanity.conftest import TOKEN
from tests.unit.providers.sanity.lake import Lake, outgoing

VALIDATION = {"type": "validationError", "description": "Malformed document"}


def refusing(*numbers):
    """Refuses the patches of these records."""
    ids = {outgoing(number).external_id for number in numbers}

    def refuse(mutation):
        return VALIDATION if mutation.get("patch", {}).get("id") in ids else None

    return refuse


def pushed(provider, lake, *numbers):
    """Pushes the records, and gives them back as they are then known."""
    records = [outgoing(number) for number in numbers]
    outcomes = provider.push_batch(records, "first job")
    return [
        replace(record, known=True, expected_revision=outcome.revision)
        for record, outcome in zip(records, outcomes, strict=True)
    ]


def test_it_is_what_the_engine_asks_for(provider):
    assert isinstance(provider, PushProvider)


def test_an_empty_batch_makes_no_call(provider, lake):
    assert provider.push_batch([], "job") == []
    assert lake.mutates == lake.reads == []


def test_a_batch_is_one_transaction_seen_by_the_next_query(provider, lake):
    records = [outgoing(number) for number in range(50)]
    outcomes = provider.push_batch(records, "job")
    (request,) = lake.mutates
    assert request.url.path == "/v2025-02-19/data/mutate/production"
    assert dict(request.url.params) == {"returnIds": "true", "visibility": "sync"}
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["x-sanity-project-id"] == "p1"
    transaction = json.loads(request.content)["transactionId"]
    assert outcomes == [Accepted(record.entity_id, transaction) for record in records]
    assert len(lake.documents) == 50


def test_a_body_is_sent_as_compact_utf_8(provider, lake):
    provider.push_batch([outgoing(1, targets={"title": "Grüße, 世界"})], "job")
    assert '"set":{"title":"Grüße, 世界"}' in lake.mutates[0].content.decode()


def test_the_same_batch_of_the_same_job_is_recognised_as_applied(provider, lake):
    records = [outgoing(1), outgoing(2)]
    first = provider.push_batch(records, "job")
    assert provider.push_batch(records, "job") == first
    assert len(lake.transactions) == 1


def test_what_moved_on_after_it_was_applied_is_looked_at_anew(provider, lake):
    records = [outgoing(1), outgoing(2)]
    first = provider.push_batch(records, "job")
    lake.documents[records[0].external_id]["_rev"] = "an editor's"
    assert provider.push_batch(records, "job") == [Stale("entity-1"), first[1]]


def test_a_rejected_document_does_not_stop_its_batch(provider, lake):
    lake.refuse = refusing(3)
    outcomes = provider.push_batch([outgoing(number) for number in range(10)], "job")
    assert outcomes[3] == Rejected("entity-3", "validationError", "Malformed document")
    assert all(isinstance(outcome, Accepted) for outcome in outcomes[:3] + outcomes[4:])
    first, second = lake.bodies()
    assert first["transactionId"] != second["transactionId"]
    assert len(lake.documents) == 9


def test_a_rejected_document_is_found_by_halves_where_none_is_named(provider, lake):
    lake.refuse, lake.report = refusing(37), "none"
    outcomes = provider.push_batch([outgoing(number) for number in range(100)], "job")
    assert [number for number, outcome in enumerate(outcomes) if isinstance(outcome, Rejected)] == [37]
    assert len(lake.documents) == 99
    assert len(lake.mutates) <= 2 * ceil(log2(100)) + 1


@pytest.mark.parametrize(("report", "requests"), [("all", 2), ("first", 60), ("unindexed", 60), ("none", 60)])
def test_every_one_of_many_bad_documents_is_named(provider, lake, report, requests):
    bad = {0, 1, 2, 17, 40, 41, 63}
    lake.refuse, lake.report = refusing(*bad), report
    outcomes = provider.push_batch([outgoing(number) for number in range(64)], "job")
    assert {number for number, outcome in enumerate(outcomes) if isinstance(outcome, Rejected)} == bad
    assert len(lake.documents) == 64 - len(bad)
    assert len(lake.mutates) <= requests


@pytest.mark.parametrize("report", ["all", "first", "unindexed", "none"])
def test_a_batch_of_nothing_but_bad_documents_ends(provider, lake, report):
    lake.refuse, lake.report = refusing(*range(32)), report
    outcomes = provider.push_batch([outgoing(number) for number in range(32)], "job")
    assert all(isinstance(outcome, Rejected) for outcome in outcomes)
    assert len(lake.mutates) <= 2 * 32


def test_a_document_that_refers_to_a_missing_one_may_be_taken_later(provider, lake):
    error = {"type": "documentReferenceDoesNotExistError", "description": "references non-existent document"}
    lake.refuse = lambda mutation: error if "patch" in mutation else None
    (outcome,) = provider.push_batch([outgoing(1)], "job")
    assert outcome == Rejected("entity-1", error["type"], error["description"], transient=True)


def test_records_that_are_no_json_are_refused_without_a_call(provider, lake):
    (outcome,) = provider.push_batch([outgoing(1, targets={"title": float("nan")})], "job")
    assert isinstance(outcome, Rejected)
    assert lake.mutates == []


def test_a_record_without_changes_is_done_without_a_call(provider, lake):
    record = outgoing(1, known=True, expected_revision="r1", changed=frozenset())
    assert provider.push_batch([record], "job") == [Accepted("entity-1", "r1")]
    assert lake.mutates == []


@pytest.mark.parametrize("report", ["all", "first", "unindexed", "none"])
def test_many_stale_records_cost_one_look_and_one_more_request(provider, lake, report):
    known = pushed(provider, lake, *range(300))
    for record in known[:100]:
        lake.documents[record.external_id]["_rev"] = "an editor's"
    lake.report = report
    lake.mutates.clear()
    outcomes = provider.push_batch(known, "second job")
    assert outcomes[:100] == [Stale(record.entity_id) for record in known[:100]]
    assert all(isinstance(outcome, Accepted) for outcome in outcomes[100:])
    assert len(lake.reads) == 3
    assert len(lake.mutates) == 2


def test_a_known_record_that_was_deleted_is_stale(provider, lake):
    known = pushed(provider, lake, 1, 2)
    del lake.documents[known[0].external_id]
    outcomes = provider.push_batch(known, "second job")
    assert outcomes[0] == Stale("entity-1")
    assert isinstance(outcomes[1], Accepted)
    assert known[0].external_id not in lake.documents


@pytest.mark.parametrize(
    "missing_error",
    [(409, "documentNotFoundError"), (404, "documentNotFoundError"), (404, "somethingElse"), (400, "notFound")],
)
@pytest.mark.parametrize("report", ["all", "unindexed", "none"])
def test_a_deleted_record_that_may_be_overwritten_is_stale_however_the_service_says_so(
    provider, lake, missing_error, report
):
    known = [replace(record, expected_revision=None) for record in pushed(provider, lake, 1, 2)]
    del lake.documents[known[0].external_id]
    lake.missing_error, lake.report = missing_error, report
    outcomes = provider.push_batch(known, "second job")
    assert outcomes[0] == Stale("entity-1")
    assert isinstance(outcomes[1], Accepted)
    assert known[0].external_id not in lake.documents


def test_stale_and_bad_documents_of_one_batch_are_told_apart(provider, lake):
    known = pushed(provider, lake, 1, 2, 3)
    lake.documents[known[0].external_id]["_rev"] = "an editor's"
    lake.refuse = refusing(2)
    outcomes = provider.push_batch(known, "second job")
    assert [type(outcome) for outcome in outcomes] == [Stale, Rejected, Accepted]


def test_a_transaction_whose_answer_was_lost_behind_a_gateway_is_recognised(provider, lake):
    def lose_first(request, number):
        if "/mutate/" in request.url.path and number == 1:
            lake.mutate(json.loads(request.content))
            return httpx.Response(502, text="Bad Gateway")
        return None

    lake.intercept = lose_first
    (outcome,) = provider.push_batch([outgoing(1)], "job")
    assert isinstance(outcome, Accepted)
    assert len({body["transactionId"] for body in lake.bodies()}) == 1
    assert len(lake.mutates) == 2


def test_a_lost_answer_isnt_mistaken_for_a_conflict(provider, lake):
    known = pushed(provider, lake, 1)

    def lose_first(request, number):
        body = json.loads(request.content) if request.content else {}
        if number == 2:  # the first was the push that made it known
            lake.mutate(body)
            lake.transactions.clear()  # a service that looks at revisions before transaction ids
            return httpx.Response(504)
        return None

    lake.intercept = lose_first
    (outcome,) = provider.push_batch(known, "second job")
    assert outcome == Accepted("entity-1", lake.bodies()[1]["transactionId"])


def test_concurrent_writers_are_waited_for(provider, lake, time):
    conflict = httpx.Response(409, json={"error": {"type": "transactionConflictError", "description": "conflict"}})
    lake.intercept = lambda request, number: conflict if number <= 2 else None
    (outcome,) = provider.push_batch([outgoing(1)], "job")
    assert isinstance(outcome, Accepted)
    assert time.slept == [0.25, 0.5]


def test_concurrent_writers_without_end_are_left_for_later(provider, lake):
    conflict = httpx.Response(409, json={"error": {"type": "transactionConflictError"}})
    lake.intercept = lambda request, number: conflict
    with pytest.raises(RetryLater) as failed:
        provider.push_batch([outgoing(1)], "job")
    assert failed.value.code == "transaction_conflict"
    assert not isinstance(failed.value, OutcomeUnknown)
    assert len(lake.mutates) == 5


def test_a_request_that_is_too_large_goes_in_halves(provider, lake):
    def limited(request, number):
        return httpx.Response(413, text="too large") if len(request.content) > 2_000 else None

    lake.intercept = limited
    records = [outgoing(number, targets={"title": "x" * (1_950 if number == 5 else 100)}) for number in range(20)]
    outcomes = provider.push_batch(records, "job")
    assert [number for number, outcome in enumerate(outcomes) if isinstance(outcome, Rejected)] == [5]
    assert outcomes[5].code == "payload_too_large"


def test_a_record_beyond_what_the_service_takes_is_refused_alone_and_unsent(provider, lake):
    records = [outgoing(1), outgoing(2, targets={"body": "x" * 4_000_000})]
    outcomes = provider.push_batch(records, "job")
    assert isinstance(outcomes[0], Accepted)
    assert outcomes[1].code == "payload_too_large"
    assert len(lake.mutates) == 1


def test_a_record_larger_than_a_batch_goes_alone(provider, lake):
    records = [outgoing(1), outgoing(2, targets={"body": "x" * 2_000_000}), outgoing(3)]
    assert all(isinstance(outcome, Accepted) for outcome in provider.push_batch(records, "job"))
    assert [len(body["mutations"]) for body in lake.bodies()] == [2, 2, 2]


def test_elements_of_arrays_are_put_into_the_array_that_is_there(provider, lake):
    record = outgoing(1, targets={"tags[1]": "b"})
    lake.documents[record.external_id] = {
        "_id": record.external_id,
        "_type": "post",
        "_rev": "r1",
        "tags": ["x", "y", "z"],
    }
    (outcome,) = provider.push_batch([record], "job")
    assert isinstance(outcome, Accepted)
    assert lake.documents[record.external_id]["tags"] == ["x", "b", "z"]


def test_elements_of_a_new_documents_array_make_the_array(provider, lake):
    record = outgoing(1, targets={"tags[1]": "b"})
    provider.push_batch([record], "job")
    assert lake.documents[record.external_id]["tags"] == [None, "b"]


@pytest.mark.parametrize("failure", [httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError])
def test_silence_leaves_the_outcome_open_and_isnt_repeated(provider, lake, failure):
    def fall_silent(request, number):
        raise failure("silence", request=request)

    lake.intercept = fall_silent
    with pytest.raises(OutcomeUnknown):
        provider.push_batch([outgoing(1)], "job")
    assert len(lake.mutates) == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text=""),
        httpx.Response(200, text='{"transactionId":"abc","resu'),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"results": []}),
        httpx.Response(200, json={"transactionId": 5}),
    ],
)
def test_an_answer_that_cant_be_read_leaves_the_outcome_open(provider, lake, answer):
    lake.intercept = lambda request, number: answer
    with pytest.raises(OutcomeUnknown):
        provider.push_batch([outgoing(1)], "job")


def test_a_batch_that_went_through_in_part_is_of_unknown_outcome(provider, lake):
    def then_limited(request, number):
        return httpx.Response(429, headers={"retry-after": "600"}) if number > 1 else None

    lake.intercept = then_limited
    records = [outgoing(number, targets={"body": "x" * 900_000}) for number in range(2)]
    with pytest.raises(OutcomeUnknown) as failed:
        provider.push_batch(records, "job")
    assert failed.value.retry_after_seconds == 600.0
    assert len(lake.documents) == 1


def test_a_long_retry_after_is_handed_on(provider, lake, time):
    lake.intercept = lambda request, number: httpx.Response(429, headers={"retry-after": "3600"})
    with pytest.raises(RateLimited) as failed:
        provider.push_batch([outgoing(1)], "job")
    assert failed.value.retry_after_seconds == 3_600.0
    assert len(lake.mutates) == 1
    assert time.slept == []


def test_refused_credentials_stop_at_once(provider, lake):
    lake.intercept = lambda request, number: httpx.Response(
        401,
        json={"statusCode": 401, "error": "Unauthorized", "message": "Session not found", "errorCode": "SIO-401-ANF"},
    )
    with pytest.raises(ReconnectRequired):
        provider.push_batch([outgoing(number) for number in range(10)], "job")
    assert len(lake.mutates) == 1


def test_a_missing_dataset_is_the_configurations_fault(provider, lake):
    lake.intercept = lambda request, number: httpx.Response(
        404, json={"statusCode": 404, "error": "Not Found", "message": "Dataset not found"}
    )
    with pytest.raises(ConfigurationRefused) as failed:
        provider.push_batch([outgoing(1)], "job")
    assert failed.value.code == "dataset_not_found"


def test_mutations_keep_to_25_a_second(provider, lake, time):
    for number in range(60):
        provider.push_batch([outgoing(number)], "job")
    assert time.now == pytest.approx(1_002.1)  # two windows of a second and a margin of 50 ms each


sizes = st.lists(st.integers(0, 400_000), max_size=12)


@given(sizes)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
def test_no_request_of_several_documents_exceeds_a_megabyte(open_provider, sizes):
    lake = Lake()
    provider = open_provider(lake)
    records = [outgoing(number, targets={"body": "é" * (size // 2)}) for number, size in enumerate(sizes)]
    assert all(isinstance(outcome, Accepted) for outcome in provider.push_batch(records, "job"))
    assert all(len(request.content) <= 1_000_000 for request in lake.mutates)


@given(sizes)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
def test_a_batch_within_the_limits_is_one_request(open_provider, sizes):
    lake = Lake()
    provider = open_provider(lake)
    batch, size = [], 0
    for number, length in enumerate(sizes):
        record = outgoing(number, targets={"body": "x" * length})
        if size + provider.measure(record) <= provider.batch_limits.bytes_maximum:
            batch.append(record)
            size += provider.measure(record)
    provider.push_batch(batch, "job")
    assert len(lake.mutates) == (1 if batch else 0)
    assert all(len(request.content) == ENVELOPE_BYTES + size - 1 for request in lake.mutates)
