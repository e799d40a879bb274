"""What is Sanity's own, against its simulator."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import monotonic

import pytest

from integrations.domain.identity import entity_id_of_record
from integrations.providers.contract import Accepted, Rejected, Stale
from integrations.providers.pacing import SlidingWindowPacer
from tests.contract.providers.sanity_kit import open_sanity, outgoing, settings_for


@pytest.fixture
def provider(sanity):
    provider = open_sanity(sanity, settings_for(sanity))
    yield provider
    provider.close()


def stored(sanity, record):
    (document,) = sanity.admin.dump(id=record.external_id)
    return document


def known(record, outcome, **changes):
    return replace(record, known=True, expected_revision=outcome.revision, **changes)


def test_a_pushed_document_is_as_mapped(sanity, provider):
    record = outgoing(1)
    (outcome,) = provider.push_batch([record], "job")
    document = stored(sanity, record)
    assert document["_type"] == "post"
    assert document["_rev"] == outcome.revision
    assert document["slug"] == {"_type": "slug", "current": "title-1"}
    assert document["seo"] == {"description": "Short"}
    assert document["body"] == "<p>Body <strong>1</strong></p>"


def test_what_isnt_mapped_survives_a_push(sanity, provider):
    record = outgoing(1)
    sanity.admin.seed([{"_id": record.external_id, "_type": "post", "author": "Ann", "seo": {"title": "SEO"}}])
    (outcome,) = provider.push_batch([record], "job")
    assert isinstance(outcome, Accepted)
    document = stored(sanity, record)
    assert document["author"] == "Ann"
    assert document["seo"] == {"title": "SEO", "description": "Short"}


def test_odd_names_nulls_and_arrays_are_stored_as_they_are(sanity, provider):
    targets = {"odd-name.x y": 1, "nothing": None, "tags": ["a", "b"], "grid[2].cell": "c", "été": "summer"}
    record = outgoing(1, targets)
    (outcome,) = provider.push_batch([record], "job")
    assert isinstance(outcome, Accepted)
    document = stored(sanity, record)
    assert document["odd-name"] == {"x y": 1}
    assert document["nothing"] is None
    assert document["tags"] == ["a", "b"]
    assert document["été"] == "summer"
    first, second, third = document["grid"]
    assert (first, second, third["cell"]) == (None, None, "c")


def test_objects_in_arrays_have_the_keys_that_sanity_wants_and_come_back_without(sanity, provider):
    sanity.admin.configure(requireArrayKeys=True)
    people = [{"name": "A"}, {"name": "B", "links": [{"url": "x"}]}]
    record = outgoing(1, {"people": people})
    assert isinstance(provider.push_batch([record], "job")[0], Accepted)
    assert all("_key" in person for person in stored(sanity, record)["people"])
    assert provider.read_records([record.external_id])[record.external_id].document["people"] == people


def test_elements_that_editors_added_to_an_array_survive(sanity, provider):
    record = outgoing(1, {"tags[0]": "ours"})
    (outcome,) = provider.push_batch([record], "job")
    edited = sanity.admin.edit(record.external_id, set={"tags": ["ours", "theirs"]})
    changed = replace(known(record, outcome), targets={"tags[0]": "new"}, expected_revision=edited["_rev"])
    assert isinstance(provider.push_batch([changed], "job")[0], Accepted)
    assert stored(sanity, record)["tags"] == ["new", "theirs"]


@pytest.mark.parametrize("switches", [{}, {"reportAllErrors": False}, {"reportErrorIndexes": False}])
def test_documents_that_editors_changed_are_stale_and_left_alone(sanity, provider, switches):
    records = [outgoing(number) for number in range(30)]
    outcomes = provider.push_batch(records, "first job")
    for record in records[:10]:
        sanity.admin.edit(record.external_id, set={"title": "An editor's"})
    sanity.admin.configure(**switches)
    sanity.admin.clear_requests()
    again = [
        known(record, outcome, targets={"title": "New"}, changed=frozenset({"title"}))
        for record, outcome in zip(records, outcomes, strict=True)
    ]
    results = provider.push_batch(again, "second job")
    assert results[:10] == [Stale(record.entity_id) for record in records[:10]]
    assert all(isinstance(result, Accepted) for result in results[10:])
    assert {stored(sanity, record)["title"] for record in records[:10]} == {"An editor's"}
    assert {stored(sanity, record)["title"] for record in records[10:]} == {"New"}
    assert [entry["status"] for entry in sanity.admin.requests("/data/mutate/")] == [409, 200]
    assert len(sanity.admin.requests("/data/doc/")) == 1


@pytest.mark.parametrize("revision_matters", [True, False])
@pytest.mark.parametrize(
    "switches",
    [{}, {"missingDocumentStatus": 404}, {"missingDocumentType": "notFoundError"}, {"reportErrorIndexes": False}],
)
def test_a_deleted_document_is_stale_and_isnt_recreated_half(sanity, provider, switches, revision_matters):
    sanity.admin.configure(**switches)
    records = [outgoing(number) for number in range(3)]
    outcomes = provider.push_batch(records, "first job")
    sanity.admin.delete(records[1].external_id)
    again = [
        known(record, outcome, changed=frozenset({"title"})) for record, outcome in zip(records, outcomes, strict=True)
    ]
    if not revision_matters:
        again = [replace(record, expected_revision=None) for record in again]
    results = provider.push_batch(again, "second job")
    assert [type(result) for result in results] == [Accepted, Stale, Accepted]
    assert sanity.admin.dump(id=records[1].external_id) == []


def test_a_bad_document_is_found_without_its_index(sanity, provider):
    sanity.admin.configure(reportErrorIndexes=False)
    records = [outgoing(number) for number in range(64)]
    records[21] = replace(records[21], external_id="no such id")
    results = provider.push_batch(records, "job")
    assert [place for place, result in enumerate(results) if isinstance(result, Rejected)] == [21]
    assert results[21].code == "validationError"
    assert len(sanity.admin.requests("/data/mutate/")) <= 13


def test_a_gateway_error_after_the_transaction_was_applied_is_no_second_transaction(sanity, provider):
    sanity.admin.add_fault("status", status=502, applied=True, match={"path": "/data/mutate/"})
    record = outgoing(1)
    (outcome,) = provider.push_batch([record], "job")
    assert outcome == Accepted(record.entity_id, stored(sanity, record)["_rev"])
    assert [entry["status"] for entry in sanity.admin.requests("/data/mutate/")] == [502, 409]


def test_the_rate_is_kept_and_used(sanity):
    settings = settings_for(sanity)
    settings = replace(settings, pacer=SlidingWindowPacer(settings.monotonic, settings.sleep))
    provider = open_sanity(sanity, settings)
    started = monotonic()
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda number: provider.push_batch([outgoing(number)], "job")[0], range(75)))
    elapsed_seconds = monotonic() - started
    provider.close()
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    statuses = [entry["status"] for entry in sanity.admin.requests("/data/mutate/")]
    assert statuses.count(200) == 75
    # A machine that holds a thread up for longer than the pacer's margin brings two calls together.
    assert len(statuses) - 75 <= 3
    assert 2.0 <= elapsed_seconds < 5.5  # half the rate would take 6


def test_what_the_index_doesnt_show_yet_is_read_by_id_and_pulled_by_the_next_run(sanity, provider):
    sanity.admin.configure(lagSeconds=30, lagIgnoresSync=True)
    record = outgoing(1)
    provider.push_batch([record], "job")
    page = provider.pull_page(["post"], provider.first_cursor(None))
    assert page.records == ()
    assert record.external_id in provider.read_records([record.external_id])
    watermark = stored(sanity, record)["_updatedAt"]
    sanity.admin.settle()
    page = provider.pull_page(["post"], provider.first_cursor(watermark))
    assert [found.external_id for found in page.records] == [record.external_id]


@pytest.mark.parametrize("switches", [{"fractional": True}, {"fractional": True, "trimFraction": True}])
def test_times_of_mixed_precision_lose_nothing(sanity, provider, switches):
    records = [outgoing(number) for number in range(40)]
    for number in range(0, 40, 2):
        sanity.admin.configure(**(switches if number % 4 else {"fractional": False}))
        provider.push_batch(records[number : number + 2], "job")
    page = provider.pull_page(["post"], provider.first_cursor(None))
    again = provider.pull_page(["post"], provider.first_cursor(page.service_time))
    ids = {record.external_id for record in records}
    assert {record.external_id for record in page.records} == {record.external_id for record in again.records} == ids


def test_drafts_versions_and_other_types_are_never_pulled(sanity, provider):
    ids = ["a", "drafts.a", "drafts.b", "versions.r1.a"]
    sanity.admin.seed([{"_id": each, "_type": "post"} for each in ids] + [{"_id": "c", "_type": "page"}])
    page = provider.pull_page(["post"], provider.first_cursor(None))
    assert [record.external_id for record in page.records] == ["a"]


def test_the_document_behind_an_entity_is_found(sanity, provider):
    sanity.admin.seed([{"_id": f"post-{number}", "_type": "post"} for number in range(20)])
    entity_id = entity_id_of_record("sanity", provider.canonical_address, "post", "post-7")
    assert provider.find_record("post", entity_id) == "post-7"
    assert provider.find_record("page", entity_id) is None


@pytest.mark.parametrize(
    ("token", "config", "connected", "refused", "code"),
    [
        ("sim-editor", {}, True, False, None),
        ("sim-viewer", {}, True, False, "read_only_token"),
        ("sim-expired", {}, False, True, "credentials_expired"),
        ("sim-elsewhere", {}, False, True, "credentials_of_other_project"),
        ("sk-unknown", {}, False, True, "credentials_refused"),
        ("sim-editor", {"dataset": "staging"}, False, False, "dataset_not_found"),
        ("sim-editor", {"projectId": "elsewhere"}, False, False, "project_not_found"),
    ],
)
def test_each_state_of_a_connection_is_told_apart(sanity, token, config, connected, refused, code):
    provider = open_sanity(sanity, settings_for(sanity), token, **config)
    report = provider.check()
    provider.close()
    assert (report.connected, report.refused) == (connected, refused)
    if code:
        assert report.diagnosis.code == code
    assert sanity.admin.dump() == []


def test_a_token_that_a_public_dataset_overlooks_is_still_told_to_be_read_only(sanity):
    sanity.admin.configure(publicDataset=True)
    provider = open_sanity(sanity, settings_for(sanity), "sim-viewer")
    report = provider.check()
    provider.close()
    assert (report.connected, report.diagnosis.code) == (True, "read_only_token")
