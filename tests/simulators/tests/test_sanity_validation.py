"""What can't be stored, and how a transaction says which of its mutations it was."""

from typing import Any

import pytest

from tests.simulators.admin_client import AdminClient
from tests.simulators.tests.sanity_calls import SanityCalls


def nested(levels: int) -> Any:
    value: Any = "leaf"
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    "document_id",
    ["-a", ".a", "a..b", "a.-b", "a b", "ä", "a/b", "x" * 129, "", "#bad!"],
)
def test_a_malformed_id_is_refused_and_named(calls: SanityCalls, document_id: str) -> None:
    answer = calls.mutate({"createOrReplace": {"_id": document_id, "_type": "post"}})
    error = answer.json()["error"]
    assert answer.status_code == 400
    assert error["description"] == "Mutation(s) failed with 1 error(s)"
    assert error["items"][0]["error"]["type"] == "validationError"
    assert error["items"][0]["error"]["description"] == f'Malformed document ID: "{document_id}"'


@pytest.mark.parametrize("document_id", ["a", "_a", "A-1", "drafts.a", "versions.r1.a", "x" * 128, "1.2"])
def test_a_well_formed_id_is_taken(calls: SanityCalls, document_id: str) -> None:
    assert calls.mutate({"createOrReplace": {"_id": document_id, "_type": "post"}}).status_code == 200


@pytest.mark.parametrize(
    "mutation",
    [
        {"create": {"_id": "a"}},
        {"create": {"_id": "a", "_type": 5}},
        {"create": {"_id": "a", "_type": "post", "_system": {}}},
        {"create": []},
        {"createOrReplace": {"_type": "post"}},
        {"createIfNotExists": {"_type": "post", "_id": None}},
        {"create": {"_id": "a", "_type": "post"}, "delete": {"id": "a"}},
        {"upsert": {"_id": "a", "_type": "post"}},
        {"delete": {"query": "*"}},
        {"patch": {"query": "*", "set": {"a": 1}}},
        {"patch": {"id": "old", "set": {"_id": "b"}}},
        {"patch": {"id": "old", "set": {"_type": "page"}}},
        {"patch": {"id": "old", "set": {"_unknown": 1}}},
        {"patch": {"id": "old", "set": {"a-b": 1}}},
        {"patch": {"id": "old", "set": {"a..b": 1}}},
        {"patch": {"id": "old", "set": ["a"]}},
        {"patch": {"id": "old", "unset": "a"}},
        {"patch": {"id": "old", "inc": {"a": "1"}}},
        {"patch": {"id": "old", "insert": {"after": "title", "items": [1]}}},
        {"patch": {"id": "old", "insert": {"after": "title[0]", "items": [1]}}},
        {"patch": {"id": "old", "insert": {"after": "list[0]"}}},
        {"patch": {"id": "old", "diffMatchPatch": {"title": "@@"}}},
        {"patch": {"id": "old", "ifRevisionID": 5, "set": {"a": 1}}},
    ],
)
def test_what_is_not_a_mutation_is_refused_with_its_index(
    calls: SanityCalls, admin: AdminClient, mutation: dict[str, Any]
) -> None:
    admin.seed([{"_id": "old", "_type": "post", "title": "text", "list": [1]}])
    answer = calls.mutate({"createOrReplace": {"_id": "fine", "_type": "post"}}, mutation)
    assert answer.status_code == 400, answer.text
    assert [item["index"] for item in answer.json()["error"]["items"]] == [1]
    assert calls.documents("fine")["documents"] == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"mutations": {}}', b'{"mutations": [', b"[" * 100_000])
def test_a_body_that_is_not_a_transaction_is_refused(calls: SanityCalls, body: bytes) -> None:
    answer = calls.http.post("/v2025-02-19/data/mutate/production", content=body)
    assert answer.status_code == 400
    assert "description" in answer.json()["error"]


def test_every_wrong_mutation_is_listed_unless_switched_otherwise(calls: SanityCalls, admin: AdminClient) -> None:
    wrong: list[dict[str, Any]] = [{"create": {"_id": "-", "_type": "post"}}, {"create": {"_id": "b"}}]
    first = calls.mutate(wrong[0], {"create": {"_id": "ok", "_type": "post"}}, {"create": {"_id": "?", "_type": "x"}})
    assert [item["index"] for item in first.json()["error"]["items"]] == [0, 2]
    assert first.json()["error"]["description"] == "Mutation(s) failed with 2 error(s)"
    admin.configure(reportAllErrors=False)
    assert [item["index"] for item in calls.mutate(*wrong).json()["error"]["items"]] == [0]
    admin.configure(reportErrorIndexes=False)
    assert "index" not in calls.mutate(*wrong).json()["error"]["items"][0]


def test_depth_attributes_and_size_have_limits(calls: SanityCalls, admin: AdminClient) -> None:
    def status(**fields: Any) -> int:
        return calls.mutate({"createOrReplace": {"_id": "a", "_type": "post", **fields}}).status_code

    assert (status(deep=nested(19)), status(deep=nested(20))) == (200, 400)
    system = ("_id", "_type", "_rev", "_createdAt", "_updatedAt")
    most = {f"k{number}": 1 for number in range(1000 - len(system))}
    assert (status(**most), status(**most, more=1)) == (200, 400)
    assert status(blocks=[{"_key": str(number), "text": "x"} for number in range(2000)]) == 200
    admin.configure(documentBytes=1000)
    assert (status(text="x" * 500), status(text="x" * 1000)) == (200, 400)


def test_objects_in_arrays_need_keys_only_when_switched_so(calls: SanityCalls, admin: AdminClient) -> None:
    mutation = {"createOrReplace": {"_id": "a", "_type": "post", "list": [{"x": 1}]}}
    assert calls.mutate(mutation).status_code == 200
    admin.configure(requireArrayKeys=True)
    assert calls.mutate(mutation).status_code == 400
    assert calls.mutate(mutation, autoGenerateArrayKeys="true").status_code == 200


def test_text_that_is_no_valid_unicode_survives_the_round(calls: SanityCalls) -> None:
    body = b'{"mutations": [{"create": {"_id": "a", "_type": "post", "odd": "\\ud800", "fine": "\xc3\xa4"}}]}'
    assert calls.http.post("/v2025-02-19/data/mutate/production", content=body).status_code == 200
    raw = calls.http.get("/v2025-02-19/data/doc/production/a").content
    assert b'"odd":"\\ud800"' in raw
