import json
from math import ceil, log2

import pytest

from integrations.providers.contract import Accepted, PushProvider, Rejected, Stale
from tests.unit.providers.sanity.conftest import TOKEN
from tests.unit.providers.sanity.lake import outgoing, refusing


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
