import json

import httpx
import pytest

from integrations.domain.errors import PayloadTooLarge, RetryLater
from integrations.providers.contract import PullProvider
from integrations.providers.sanity.array_keys import with_keys

QUERY = (
    "*[_type in $types && (_updatedAt > $since || (_updatedAt == $since && _id > $after))]"
    " | order(_updatedAt asc, _id asc)[0...500]"
)


class Index:
    """Answers page queries from its documents, in the order of text."""

    def __init__(self, documents):
        self.documents = sorted(documents, key=lambda document: (document["_updatedAt"], document["_id"]))
        self.requests = []
        self.sizes = []
        self.too_large_from = None

    def __call__(self, request):
        self.requests.append(request)
        if request.method == "POST":
            body = json.loads(request.content)
            query, params = body["query"], body["params"]
        else:
            query = request.url.params["query"]
            params = {name[1:]: json.loads(text) for name, text in request.url.params.items() if name[0] == "$"}
        size = int(query.rpartition("...")[2].rstrip("]"))
        self.sizes.append(size)
        place = (params["since"], params["after"])
        found = [each for each in self.documents if (each["_updatedAt"], each["_id"]) > place][:size]
        if self.too_large_from is not None and size >= self.too_large_from:
            return httpx.Response(200, content=b"x" * 40_000)
        return httpx.Response(200, json={"ms": 1, "result": found})


def document(number, updated_at="2026-01-31T12:00:00Z", **fields):
    return {"_id": f"post-{number:05}", "_type": "post", "_rev": f"r{number}", "_updatedAt": updated_at, **fields}


def pages(provider, cursor=None, types=("post",)):
    cursor = cursor or provider.first_cursor(None)
    found = []
    while cursor is not None:
        page = provider.pull_page(types, cursor)
        found.append(page)
        cursor = json.loads(json.dumps(page.next_cursor))
    return found


def test_it_is_what_the_engine_asks_for(provider):
    assert isinstance(provider, PullProvider)


def test_a_page_is_one_query_for_published_documents(open_provider):
    index = Index([])
    open_provider(index).pull_page(["page", "post"], {"since": "2026-01-01T00:00:00Z", "after": "x"})
    (request,) = index.requests
    assert (request.method, request.url.path) == ("GET", "/v2025-02-19/data/query/production")
    assert dict(request.url.params) == {
        "query": QUERY,
        "perspective": "published",
        "returnQuery": "false",
        "$types": '["page","post"]',
        "$since": '"2026-01-01T00:00:00Z"',
        "$after": '"x"',
    }


def test_a_query_too_long_for_an_url_is_posted(open_provider):
    index = Index([document(1)])
    types = ["post", *(f"type{number:04}" for number in range(1_000))]
    page = open_provider(index).pull_page(types, {"since": "", "after": ""})
    (request,) = index.requests
    assert request.method == "POST"
    assert dict(request.url.params) == {"perspective": "published", "returnQuery": "false"}
    assert json.loads(request.content) == {"query": QUERY, "params": {"types": types, "since": "", "after": ""}}
    assert len(page.records) == 1


def test_documents_that_share_a_time_are_neither_lost_nor_repeated_at_a_pages_edge(open_provider):
    index = Index([document(number) for number in range(1_201)])
    found = pages(open_provider(index))
    assert [len(page.records) for page in found] == [500, 500, 201]
    ids = [record.external_id for page in found for record in page.records]
    assert ids == [f"post-{number:05}" for number in range(1_201)]


def test_a_full_last_page_is_followed_by_an_empty_one(open_provider):
    found = pages(open_provider(Index([document(number) for number in range(500)])))
    assert [len(page.records) for page in found] == [500, 0]
    assert found[-1].service_time == "2026-01-31T12:00:00Z"


def test_an_empty_dataset_is_one_empty_page(open_provider):
    (page,) = pages(open_provider(Index([])))
    assert (page.records, page.next_cursor, page.service_time) == ((), None, None)


def test_a_record_is_the_document_as_it_is(open_provider):
    original = document(1, title="A", list=[{"_key": "editor", "x": 1}])
    (page,) = pages(open_provider(Index([original])))
    (record,) = page.records
    assert record.document == original
    assert (record.external_id, record.remote_type, record.revision) == ("post-00001", "post", "r1")
    assert record.updated_at == "2026-01-31T12:00:00Z"


def test_array_keys_that_a_push_made_are_taken_off(open_provider):
    value = [{"name": "A"}, {"name": "B"}]
    (page,) = pages(open_provider(Index([document(1, people=with_keys(value))])))
    assert page.records[0].document["people"] == value


def test_drafts_and_versions_are_left_out_but_move_the_place_on(open_provider):
    documents = [document(number) for number in range(500)]
    documents[499] |= {"_id": "versions.r1.post", "_updatedAt": "2026-01-31T13:00:00Z"}
    documents[498] |= {"_id": "drafts.post", "_updatedAt": "2026-01-31T13:00:00Z"}
    found = pages(open_provider(Index(documents)))
    assert [len(page.records) for page in found] == [498, 0]


def test_the_services_time_is_compared_as_time_and_kept_as_text(open_provider):
    times = ["2026-01-31T12:00:00.5Z", "2026-01-31T12:00:00Z", "2026-01-31T11:59:59.999Z"]
    (page,) = pages(open_provider(Index([document(number, time) for number, time in enumerate(times)])))
    assert page.service_time == "2026-01-31T12:00:00.5Z"


def test_the_services_time_is_the_greatest_of_all_pages_so_far(open_provider):
    documents = [document(number, f"2026-01-31T12:{number // 60:02}:{number % 60:02}Z") for number in range(700)]
    found = pages(open_provider(Index(documents)))
    assert [page.service_time for page in found] == ["2026-01-31T12:08:19Z", "2026-01-31T12:11:39Z"]


@pytest.mark.parametrize(
    ("watermark", "since"),
    [
        ("2026-01-31T12:34:56Z", "2026-01-31T12:33:55Z"),
        ("2026-01-31T12:34:56.987654Z", "2026-01-31T12:33:55Z"),
        ("2026-01-01T00:00:30Z", "2025-12-31T23:59:29Z"),
    ],
)
def test_a_run_begins_before_the_watermark_by_what_the_index_may_lag(provider, watermark, since):
    assert provider.first_cursor(watermark) == {"since": since, "after": ""}


def test_without_a_watermark_a_run_begins_at_the_beginning(provider):
    assert provider.first_cursor(None) == {"since": "", "after": ""}


def test_nothing_between_watermark_and_overlap_is_missed_whatever_its_precision(open_provider):
    index = Index([document(1, "2026-01-31T12:33:56.5Z"), document(2, "2026-01-31T12:33:56Z")])
    provider = open_provider(index)
    (page,) = pages(provider, provider.first_cursor("2026-01-31T12:34:56.5Z"))
    assert len(page.records) == 2


def test_a_page_too_large_for_an_answer_is_halved_for_the_rest_of_the_run(open_provider):
    index = Index([document(number, body="x" * 100) for number in range(300)])
    index.too_large_from = 125
    provider = open_provider(index, response_bytes_maximum=39_000)
    found = pages(provider)
    assert sum(len(page.records) for page in found) == 300
    assert index.sizes[:4] == [500, 250, 125, 62]
    assert set(index.sizes[3:]) == {62}


def test_a_single_document_too_large_for_an_answer_is_an_error(open_provider):
    index = Index([document(1)])
    index.too_large_from = 1
    with pytest.raises(PayloadTooLarge):
        pages(open_provider(index, response_bytes_maximum=39_000))
    assert index.sizes == [500, 250, 125, 62, 31, 15, 7, 3, 1]


def test_the_same_page_twice_is_an_error_and_no_loop(open_provider):
    rows = [document(number) for number in range(500)]
    provider = open_provider(lambda request: httpx.Response(200, json={"result": rows}))
    first = provider.pull_page(["post"], provider.first_cursor(None))
    with pytest.raises(RetryLater) as failed:
        provider.pull_page(["post"], first.next_cursor)
    assert failed.value.code == "repeated_page"


def test_a_service_that_goes_back_is_an_error(open_provider):
    rows = [document(number) for number in range(500)]
    provider = open_provider(lambda request: httpx.Response(200, json={"result": rows}))
    with pytest.raises(RetryLater):
        provider.pull_page(["post"], {"since": "2026-02-01T00:00:00Z", "after": "a"})


def test_a_pull_resumed_after_any_page_gives_the_same_records(open_provider):
    index = Index([document(number, f"2026-01-31T12:00:{number % 60:02}Z") for number in range(1_300)])
    whole = [record.external_id for page in pages(open_provider(index)) for record in page.records]
    for stop in range(1, 3):
        first = []
        cursor = {"since": "", "after": ""}
        provider = open_provider(index)
        for _ in range(stop):
            page = provider.pull_page(["post"], cursor)
            first += [record.external_id for record in page.records]
            cursor = json.loads(json.dumps(page.next_cursor))
        rest = [record.external_id for page in pages(open_provider(index), cursor) for record in page.records]
        assert first + rest == whole
