"""Deleting documents and finding deleted ones, against Sanity's simulator."""

import pytest

from integrations.providers.contract import Deleted, DeleteRefused, IdSweep
from tests.contract.providers.delete_conformance import DeleteConformance
from tests.contract.providers.sanity_kit import open_sanity, outgoing, sanity_kit, settings_for


@pytest.fixture
def kit(sanity):
    return sanity_kit(sanity)


class TestDelete(DeleteConformance):
    pass


@pytest.fixture
def provider(sanity):
    provider = open_sanity(sanity, settings_for(sanity))
    yield provider
    provider.close()


@pytest.fixture
def ids(provider):
    records = [outgoing(number) for number in range(20)]
    provider.push_batch(records, "push job")
    return [record.external_id for record in records]


def referring(sanity, document_id, to, **reference):
    sanity.admin.seed([{"_id": document_id, "_type": "list", "main": {"_type": "reference", "_ref": to, **reference}}])


@pytest.mark.parametrize("names_indexes", [True, False])
def test_a_document_that_others_refer_to_stays_and_the_rest_goes(sanity, provider, ids, names_indexes):
    sanity.admin.configure(reportErrorIndexes=names_indexes)
    referring(sanity, "list-1", ids[7])
    outcomes = provider.delete_batch(ids, "job")
    assert isinstance(outcomes[7], DeleteRefused)
    assert (outcomes[7].code, outcomes[7].transient) == ("documentHasExistingReferencesError", True)
    assert "list-1" in outcomes[7].message
    assert sum(isinstance(outcome, Deleted) for outcome in outcomes) == 19
    assert {document["_id"] for document in sanity.admin.dump()} == {ids[7], "list-1"}
    assert len(sanity.admin.requests("/data/mutate/")) == 3


def test_of_several_refusals_reported_one_by_one_each_is_found(sanity, provider, ids):
    sanity.admin.configure(reportAllErrors=False)
    for place in (2, 11):
        referring(sanity, f"list-{place}", ids[place])
    outcomes = provider.delete_batch(ids, "job")
    assert [place for place, outcome in enumerate(outcomes) if isinstance(outcome, DeleteRefused)] == [2, 11]


def test_documents_that_refer_to_each_other_go_together(sanity, provider, ids):
    referring(sanity, "list-1", ids[0])
    assert provider.delete_batch([ids[0], "list-1"], "job") == [Deleted(ids[0]), Deleted("list-1")]


def test_a_weak_reference_keeps_nothing(sanity, provider, ids):
    referring(sanity, "list-1", ids[0], _weak=True)
    assert provider.delete_batch(ids[:1], "job") == [Deleted(ids[0])]


def test_an_id_that_is_none_is_refused_alone(sanity, provider, ids):
    outcomes = provider.delete_batch([ids[0], "-not an id", ids[1]], "job")
    assert isinstance(outcomes[1], DeleteRefused)
    assert (outcomes[0], outcomes[2]) == (Deleted(ids[0]), Deleted(ids[1]))


def test_a_draft_survives_the_delete_of_its_document(sanity, provider, ids):
    sanity.admin.seed([{"_id": f"drafts.{ids[0]}", "_type": "post", "title": "Draft"}])
    provider.delete_batch(ids[:1], "job")
    assert [document["_id"] for document in sanity.admin.dump() if ids[0] in document["_id"]] == [f"drafts.{ids[0]}"]


def test_the_same_batch_of_the_same_job_has_one_transaction_id(sanity, provider, ids):
    sanity.admin.add_fault("reset_after", match={"path": "/data/mutate/"})
    assert provider.delete_batch(ids, "job") == [Deleted(document_id) for document_id in ids]
    *_, repeated = sanity.admin.requests("/data/mutate/")
    assert repeated["status"] == 409


def test_a_deleted_document_can_be_pushed_again_whole(sanity, provider):
    record = outgoing(1)
    provider.push_batch([record], "first")
    provider.delete_batch([record.external_id], "second")
    provider.push_batch([record], "third")
    [document] = sanity.admin.dump(id=record.external_id)
    assert (document["title"], document["slug"]["current"]) == ("Title 1", "title-1")


def test_a_sweep_knows_every_published_id_of_its_type(sanity, provider):
    assert isinstance(provider, IdSweep)
    sanity.admin.seed(
        [{"_id": f"post-{number:05}", "_type": "post"} for number in range(5_001)]
        + [{"_id": "other", "_type": "page"}, {"_id": "drafts.post-x", "_type": "post"}]
    )
    assert provider.swept_ids("post") == {f"post-{number:05}" for number in range(5_001)}
    assert provider.swept_ids("none") == frozenset()


def test_what_exists_is_known_at_once_and_a_draft_counts(sanity, provider):
    sanity.admin.configure(lagSeconds=3_600, lagIgnoresSync=True)
    records = [outgoing(number) for number in range(60)]
    provider.push_batch(records, "job")
    sanity.admin.seed([{"_id": "drafts.only-a-draft", "_type": "post"}])
    asked = [*(record.external_id for record in records), "only-a-draft", "nobody"]
    assert provider.existing_ids(asked) == set(asked) - {"nobody"}
    assert provider.existing_ids([]) == frozenset()
