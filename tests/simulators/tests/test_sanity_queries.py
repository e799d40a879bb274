"""Queries: what is known and what isn't, parameters, order, perspectives. Full agreement with GROQ: tests/clients."""

import pytest

from tests.simulators.admin_client import AdminClient
from tests.simulators.tests.sanity_calls import CHANGED, SanityCalls

TIE = "2026-01-01T00:00:00Z"


def test_pages_of_documents_with_one_timestamp_lose_none_and_repeat_none(
    calls: SanityCalls, admin: AdminClient
) -> None:
    admin.seed({"_id": f"d-{number:04d}", "_type": "post", "_updatedAt": TIE} for number in range(1200))
    since, after, seen = "", "", []
    while page := calls.changed(since, after, limit=500):
        seen += [document["_id"] for document in page]
        since, after = page[-1]["_updatedAt"], page[-1]["_id"]
    assert seen == [f"d-{number:04d}" for number in range(1200)]


def test_timestamps_compare_as_text_so_a_fraction_comes_before_its_whole_second(
    calls: SanityCalls, admin: AdminClient
) -> None:
    times = {"whole": "2026-01-01T00:00:00Z", "half": "2026-01-01T00:00:00.5Z", "next": "2026-01-01T00:00:01Z"}
    admin.seed({"_id": key, "_type": "post", "_updatedAt": value} for key, value in times.items())
    assert calls.changed_ids() == ["half", "whole", "next"]


def test_several_types_come_in_one_order_and_other_types_stay_out(calls: SanityCalls, admin: AdminClient) -> None:
    types = {"a": "post", "b": "page", "c": "post", "d": "secret"}
    admin.seed({"_id": key, "_type": value, "_updatedAt": TIE} for key, value in types.items())
    assert calls.changed_ids(types=["page", "post", "post", "none"]) == ["a", "b", "c"]


def test_an_id_sweep_pages_through_one_type(calls: SanityCalls, admin: AdminClient) -> None:
    admin.seed({"_id": f"d{number}", "_type": "post" if number % 2 else "page"} for number in range(9))
    assert calls.ids(limit=2) == ["d1", "d3"]
    assert calls.ids(after="d3", limit=10) == ["d5", "d7"]


@pytest.mark.parametrize(
    ("perspective", "expected"),
    [
        ("published", [("both", "published"), ("only", "published")]),
        ("raw", [("both", "published"), ("drafts.both", "draft"), ("drafts.new", "draft"), ("only", "published")]),
        ("drafts", [("both", "draft"), ("new", "draft"), ("only", "published")]),
    ],
)
def test_each_perspective_sees_its_own_documents(
    calls: SanityCalls, admin: AdminClient, perspective: str, expected: list[tuple[str, str]]
) -> None:
    states = {"both": "published", "drafts.both": "draft", "drafts.new": "draft", "only": "published"}
    admin.seed({"_id": key, "_type": "post", "_updatedAt": TIE, "state": value} for key, value in states.items())
    found = calls.changed(perspective=perspective)
    assert [
        (document["_id"], document["state"]) for document in found if "versions." not in document["_id"]
    ] == expected


def test_drafts_say_where_they_come_from(calls: SanityCalls, admin: AdminClient) -> None:
    admin.seed([{"_id": "drafts.a", "_type": "post"}, {"_id": "versions.r1.a", "_type": "post"}])
    assert [document["_originalId"] for document in calls.changed(perspective="drafts")] == ["drafts.a"]


def test_the_default_perspective_turned_from_raw_to_published(calls: SanityCalls, admin: AdminClient) -> None:
    admin.seed([{"_id": "drafts.a", "_type": "post"}])
    path = "/{}/data/query/production"
    counts = {
        version: calls.http.get(path.format(version), params={"query": "count(*[0...1])"}).json()["result"]
        for version in ("v2025-02-18", "v2025-02-19", "v1", "vX")
    }
    assert counts == {"v2025-02-18": 1, "v2025-02-19": 0, "v1": 1, "vX": 0}


def test_a_query_by_post_answers_as_by_get_and_white_space_does_not_matter(
    calls: SanityCalls, admin: AdminClient
) -> None:
    admin.seed([{"_id": "a", "_type": "post"}])
    text = CHANGED.format(limit=5).replace(" | ", "\n\t|\n ").replace("[0", " [ 0")
    params = {"types": ["post"], "since": "", "after": ""}
    by_get = calls.query(text, params).json()
    answer = calls.http.post("/v2025-02-19/data/query/production", json={"query": text, "params": params})
    assert answer.json()["result"] == by_get["result"]
    assert by_get["result"][0]["_id"] == "a"
    assert by_get["query"] == text
    assert "query" not in calls.query(text, params, returnQuery="false").json()


def test_a_parameter_that_is_not_given_is_an_error_of_the_kind_switched_to(
    calls: SanityCalls, admin: AdminClient
) -> None:
    answer = calls.query(CHANGED.format(limit=5), {"types": ["post"], "since": ""})
    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (400, "queryParseError")
    assert error["description"] == "param $after referenced, but not provided"
    assert error["query"][error["start"] : error["end"] + 1] == "$after"
    admin.configure(missingParameterStatus=500, missingParameterType="internalError")
    answer = calls.query(CHANGED.format(limit=5))
    assert (answer.status_code, answer.json()["error"]["type"]) == (500, "internalError")


def test_a_query_that_is_not_in_the_table_is_refused_by_its_text(calls: SanityCalls) -> None:
    answer = calls.query('*[_type == "post"]{title}')
    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (400, "queryParseError")
    assert '*[_type == "post"]{title}' in error["description"]


def test_parameters_must_be_json(calls: SanityCalls) -> None:
    params = {"query": CHANGED.format(limit=5), "$types": '["post"]', "$since": "2026", "$after": "bare"}
    answer = calls.http.get("/v2025-02-19/data/query/production", params=params)
    assert answer.status_code == 400
    assert "$after must be JSON" in answer.json()["error"]["description"]


def test_reading_by_id_names_what_is_missing(calls: SanityCalls, admin: AdminClient) -> None:
    admin.seed([{"_id": "a", "_type": "post"}, {"_id": "b", "_type": "post"}])
    answer = calls.documents("b", "gone", "a", "b")
    assert [document["_id"] for document in answer["documents"]] == ["b", "a"]
    assert answer["omitted"] == [{"id": "gone", "reason": "existence"}]
