"""Mutations: the five kinds, transactions, revisions, flags."""

from typing import Any

import pytest

from tests.simulators.admin_client import AdminClient
from tests.simulators.tests.sanity_calls import SanityCalls


def post(document_id: str, **fields: Any) -> dict[str, Any]:
    return {"_id": document_id, "_type": "post", **fields}


def item_of(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["type"] == "mutationError"
    return dict(answer.json()["error"]["items"][0])


def test_a_transaction_gives_all_its_documents_one_revision_and_one_time(calls: SanityCalls) -> None:
    answer = calls.mutate({"create": post("a")}, {"create": post("b")}, transaction_id="tx-1")
    assert answer.json() == {
        "transactionId": "tx-1",
        "results": [{"id": "a", "operation": "create"}, {"id": "b", "operation": "create"}],
    }
    first, second = calls.document("a"), calls.document("b")
    assert first["_rev"] == second["_rev"] == "tx-1"
    assert first["_updatedAt"] == second["_updatedAt"] == first["_createdAt"]


def test_each_kind_says_what_it_did(calls: SanityCalls) -> None:
    calls.mutate({"create": post("old", title="before")})
    answer = calls.mutate(
        {"createIfNotExists": post("old", title="ignored")},
        {"createIfNotExists": post("new")},
        {"createOrReplace": post("old", lead="after")},
        {"patch": {"id": "new", "set": {"title": "patched"}}},
        {"delete": {"id": "never"}},
        {"delete": {"id": "new"}},
    )
    operations = [(result["id"], result["operation"]) for result in answer.json()["results"]]
    assert operations == [
        ("old", "none"),
        ("new", "create"),
        ("old", "update"),
        ("new", "update"),
        ("never", "none"),
        ("new", "delete"),
    ]
    replaced = calls.document("old")
    assert replaced["lead"] == "after"
    assert "title" not in replaced
    assert calls.documents("new")["documents"] == []


def test_an_untouched_document_keeps_its_revision(calls: SanityCalls) -> None:
    calls.mutate({"create": post("a")}, transaction_id="tx-1")
    calls.mutate({"createIfNotExists": post("a", title="x")}, transaction_id="tx-2")
    assert calls.document("a")["_rev"] == "tx-1"


def test_creating_what_exists_fails_and_nothing_else_of_the_transaction_is_done(calls: SanityCalls) -> None:
    calls.mutate({"create": post("a")})
    item = item_of(calls.mutate({"create": post("b")}, {"create": post("a")}), 409)
    assert item == {
        "index": 1,
        "error": {
            "type": "documentAlreadyExistsError",
            "id": "a",
            "description": 'Document by ID "a" already exists',
        },
    }
    assert calls.documents("b")["documents"] == []


def test_a_stale_revision_is_refused_with_both_revisions(calls: SanityCalls) -> None:
    calls.mutate({"create": post("a")}, transaction_id="tx-1")
    patch = {"id": "a", "ifRevisionID": "tx-1", "set": {"title": "x"}}
    assert calls.mutate({"patch": patch}, transaction_id="tx-2").status_code == 200
    error = item_of(calls.mutate({"patch": patch}, transaction_id="tx-3"), 409)["error"]
    assert error["type"] == "documentRevisionIDDoesNotMatchError"
    assert (error["currentRevisionID"], error["expectedRevisionID"]) == ("tx-2", "tx-1")


def test_a_used_transaction_id_is_refused_unless_it_was_never_committed(calls: SanityCalls) -> None:
    calls.mutate({"create": post("a")}, transaction_id="used")
    answer = calls.mutate({"create": post("b")}, transaction_id="used")
    assert (answer.status_code, answer.json()["error"]["type"]) == (409, "transactionAlreadyExistsError")
    calls.mutate({"create": post("a")}, transaction_id="failed")
    calls.mutate({"create": post("b")}, transaction_id="dry", dryRun="true")
    for transaction_id in ("failed", "dry"):
        answer = calls.mutate({"createOrReplace": post("b")}, transaction_id=transaction_id)
        assert answer.status_code == 200


def test_the_transaction_id_of_the_body_wins_over_that_of_the_url(calls: SanityCalls) -> None:
    answer = calls.mutate({"create": post("a")}, transaction_id="in-body", transactionId="in-url")
    assert answer.json()["transactionId"] == "in-body"
    assert calls.mutate({"create": post("b")}, transactionId="in-url").json()["transactionId"] == "in-url"


def test_patching_what_is_missing_fails_as_switched(calls: SanityCalls, admin: AdminClient) -> None:
    patch = {"patch": {"id": "gone", "set": {"title": "x"}}}
    error = item_of(calls.mutate(patch), 409)["error"]
    assert (error["type"], error["id"]) == ("documentNotFoundError", "gone")
    admin.configure(missingDocumentStatus=404, missingDocumentType="mutationTargetMissing")
    assert item_of(calls.mutate(patch), 404)["error"]["type"] == "mutationTargetMissing"


def test_a_dry_run_answers_the_same_and_stores_nothing(calls: SanityCalls) -> None:
    answer = calls.mutate({"create": post("a")}, dryRun="true")
    assert answer.json()["results"] == [{"id": "a", "operation": "create"}]
    assert calls.documents("a")["documents"] == []
    calls.mutate({"create": post("a")})
    item_of(calls.mutate({"create": post("a")}, dryRun="true"), 409)


def test_what_is_returned_follows_the_flags(calls: SanityCalls) -> None:
    nothing = calls.mutate({"create": post("a")}, returnIds="false").json()
    assert nothing["results"] == []
    whole = calls.mutate({"patch": {"id": "a", "set": {"title": "x"}}}, returnDocuments="true").json()
    assert whole["results"][0]["document"]["title"] == "x"
    assert whole["results"][0]["document"]["_rev"] == whole["transactionId"]


def test_an_id_is_generated_where_none_is_given_or_only_its_beginning(calls: SanityCalls) -> None:
    answer = calls.mutate({"create": {"_type": "post"}}, {"create": post("part.")})
    generated, extended = [result["id"] for result in answer.json()["results"]]
    assert len(generated) >= 20
    assert extended.startswith("part.")
    assert len(extended) > len("part.")


def test_a_given_creation_time_is_kept_and_given_revisions_are_not(calls: SanityCalls) -> None:
    given = {"_createdAt": "2020-01-01T00:00:00Z", "_updatedAt": "2020-01-01T00:00:00Z", "_rev": "mine"}
    calls.mutate({"createOrReplace": post("a", **given)}, transaction_id="tx-1")
    stored = calls.document("a")
    assert (stored["_createdAt"], stored["_rev"]) == ("2020-01-01T00:00:00Z", "tx-1")
    assert stored["_updatedAt"] > "2022"


def test_array_objects_get_keys_when_asked_for_and_only_where_missing(calls: SanityCalls) -> None:
    blocks = [{"_type": "block"}, {"_type": "block", "_key": "own"}, "text"]
    calls.mutate({"create": post("a", blocks=blocks)}, autoGenerateArrayKeys="true")
    first, second, third = calls.document("a")["blocks"]
    assert len(first["_key"]) == 12
    assert (second["_key"], third) == ("own", "text")
    calls.mutate({"create": post("b", blocks=blocks)})
    assert "_key" not in calls.document("b")["blocks"][0]


@pytest.mark.parametrize("flag", [{"visibility": "later"}])
def test_an_unknown_visibility_is_refused(calls: SanityCalls, flag: dict[str, str]) -> None:
    assert calls.mutate({"create": post("a")}, **flag).status_code == 400


def test_a_strong_reference_must_lead_somewhere_at_the_end_of_the_transaction(calls: SanityCalls) -> None:
    pointing = post("a", author={"_type": "reference", "_ref": "b"})
    error = item_of(calls.mutate({"create": pointing}), 409)["error"]
    assert (error["type"], error["referenceID"]) == ("documentReferenceDoesNotExistError", "b")
    assert calls.mutate({"create": pointing}, {"create": post("b")}).status_code == 200
    error = item_of(calls.mutate({"delete": {"id": "b"}}), 409)["error"]
    assert (error["type"], error["referencingIDs"]) == ("documentHasExistingReferencesError", ["a"])
    assert calls.mutate({"delete": {"id": "b"}}, {"delete": {"id": "a"}}).status_code == 200


def test_a_weak_reference_may_lead_nowhere(calls: SanityCalls) -> None:
    weak = {"_type": "reference", "_ref": "nowhere", "_weak": True}
    assert calls.mutate({"create": post("a", author=weak)}).status_code == 200


def test_the_time_never_goes_back_even_if_the_clock_does(calls: SanityCalls, admin: AdminClient) -> None:
    admin.set_clock(now="2026-05-01T12:00:00.250Z", frozen=True)
    calls.mutate({"create": post("a")})
    admin.set_clock(now="2026-04-01T12:00:00Z", frozen=True)
    calls.mutate({"create": post("b")})
    assert calls.document("a")["_updatedAt"] == calls.document("b")["_updatedAt"] == "2026-05-01T12:00:00Z"


def test_times_have_the_precision_switched_to(calls: SanityCalls, admin: AdminClient) -> None:
    admin.set_clock(now="2026-05-01T12:00:00.250Z", frozen=True)
    admin.configure(fractional=True)
    calls.mutate({"create": post("a")})
    assert calls.document("a")["_updatedAt"] == "2026-05-01T12:00:00.250Z"
    admin.configure(trimFraction=True)
    calls.mutate({"create": post("b")})
    assert calls.document("b")["_updatedAt"] == "2026-05-01T12:00:00.25Z"
