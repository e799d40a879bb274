import json

import httpx
import pytest

from integrations.domain.errors import PayloadTooLarge, ReconnectRequired, RetryLater
from integrations.domain.identity import entity_id_of_record
from integrations.providers.contract import RecordReader


class Documents:
    """Answers readings by id, and the sweep over ids, from its documents."""

    def __init__(self, *ids, size=0, page=5_000):
        self.found = {each: {"_id": each, "_type": "post", "_rev": "r", "body": "x" * size} for each in ids}
        self.requests = []
        self.page = page

    def __call__(self, request):
        self.requests.append(request)
        if "/data/query/" in request.url.path:
            after = json.loads(request.url.params["$after"])
            ids = sorted(each for each in self.found if each > after)
            return httpx.Response(200, json={"result": ids[: self.page]})
        asked = request.url.path.rpartition("/")[2].split(",")
        found = [self.found[each] for each in asked if each in self.found]
        omitted = [{"id": each, "reason": "existence"} for each in asked if each not in self.found]
        return httpx.Response(200, json={"documents": found, "omitted": omitted})


def test_it_is_what_the_engine_asks_for(provider):
    assert isinstance(provider, RecordReader)


def test_nothing_is_asked_for_no_ids(open_provider):
    documents = Documents()
    assert open_provider(documents).read_records([]) == {}
    assert documents.requests == []


def test_documents_are_read_by_id_a_hundred_a_call(open_provider):
    ids = [f"e-{number:032x}" for number in range(250)]
    documents = Documents(*ids[:200])
    found = open_provider(documents).read_records([*ids, ids[0]])
    assert list(found) == ids[:200]
    assert found[ids[0]].revision == "r"
    paths = [request.url.path for request in documents.requests]
    assert [path.count(",") + 1 for path in paths] == [100, 100, 50]
    assert paths[0].startswith("/v2025-02-19/data/doc/production/e-")


def test_long_ids_make_no_longer_urls(open_provider):
    ids = [f"{number:03}" + "x" * 125 for number in range(200)]
    documents = Documents(*ids)
    assert len(open_provider(documents).read_records(ids)) == 200
    assert max(len(request.url.raw_path) for request in documents.requests) < 11_400


def test_ids_are_encoded_as_one_part_of_the_path(open_provider):
    documents = Documents()
    open_provider(documents).read_records(["a/../../secrets", "b?x=1#y", "c d"])
    raw = documents.requests[0].url.raw_path.decode()
    assert raw == "/v2025-02-19/data/doc/production/a%2F..%2F..%2Fsecrets,b%3Fx%3D1%23y,c%20d"


def test_drafts_and_versions_are_never_read(open_provider):
    documents = Documents("drafts.a", "versions.r1.a")
    assert open_provider(documents).read_records(["drafts.a", "versions.r1.a"]) == {}
    assert documents.requests == []


def test_documents_too_large_for_one_answer_are_read_in_halves(open_provider):
    ids = [f"id{number}" for number in range(8)]
    documents = Documents(*ids, size=1_000)
    found = open_provider(documents, response_bytes_maximum=3_000).read_records(ids)
    assert list(found) == ids
    with pytest.raises(PayloadTooLarge):
        open_provider(documents, response_bytes_maximum=500).read_records(ids)


def test_a_document_that_may_not_be_read_isnt_taken_for_a_missing_one(open_provider):
    answer = {"documents": [], "omitted": [{"id": "a", "reason": "permission"}]}
    with pytest.raises(ReconnectRequired) as failed:
        open_provider(lambda request: httpx.Response(200, json=answer)).read_records(["a"])
    assert failed.value.code == "permission_missing"


def test_a_document_that_wasnt_asked_for_is_left_out(open_provider):
    answer = {"documents": [{"_id": "b", "_type": "post"}, "c", {"_id": 5}], "omitted": []}
    assert open_provider(lambda request: httpx.Response(200, json=answer)).read_records(["a"]) == {}


def test_the_document_behind_an_entity_is_found_by_one_sweep(open_provider):
    documents = Documents("a", "b", "drafts.b", "c")
    provider = open_provider(documents)
    entity_id = entity_id_of_record("sanity", "api.sanity.io/p1/production", "post", "b")
    assert provider.find_record("post", entity_id) == "b"
    assert provider.find_record("post", "x-unknown") is None
    (request,) = documents.requests
    assert request.url.params["query"] == "*[_type == $type && _id > $after] | order(_id asc)[0...5000]._id"
    assert request.url.params["$type"] == '"post"'
    assert request.url.params["perspective"] == "published"


def test_a_sweep_reads_page_after_page(open_provider):
    documents = Documents(*(f"id{number:05}" for number in range(12_000)))
    provider = open_provider(documents)
    entity_id = entity_id_of_record("sanity", provider.canonical_address, "post", "id11999")
    assert provider.find_record("post", entity_id) == "id11999"
    assert len(documents.requests) == 3


def test_a_sweep_that_doesnt_move_on_is_an_error(open_provider):
    ids = [f"id{number:05}" for number in range(5_000)]
    provider = open_provider(lambda request: httpx.Response(200, json={"result": ids}))
    with pytest.raises(RetryLater) as failed:
        provider.find_record("post", "x-unknown")
    assert failed.value.code == "repeated_page"


def test_a_sweep_that_failed_is_made_again(open_provider):
    documents = Documents("a")
    answers = [httpx.Response(500), None]
    provider = open_provider(lambda request: answers.pop(0) or documents(request))
    with pytest.raises(RetryLater):
        provider.find_record("post", "x-unknown")
    entity_id = entity_id_of_record("sanity", provider.canonical_address, "post", "a")
    assert provider.find_record("post", entity_id) == "a"
