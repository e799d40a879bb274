import json
from dataclasses import replace

import httpx
import pytest

from integrations.domain.errors import (
    OutcomeUnknown,
    RetryLater,
)
from integrations.providers.contract import Accepted, Rejected, Stale
from tests.unit.providers.sanity.lake import outgoing, refusing


def pushed(provider, lake, *numbers):
    """Pushes the records, and gives them back as they are then known."""
    records = [outgoing(number) for number in numbers]
    outcomes = provider.push_batch(records, "first job")
    return [
        replace(record, known=True, expected_revision=outcome.revision)
        for record, outcome in zip(records, outcomes, strict=True)
    ]


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
