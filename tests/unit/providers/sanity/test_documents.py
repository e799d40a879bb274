import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.mapping.paths import parse_path
from integrations.providers.contract import Rejected, RemoteRecord
from integrations.providers.sanity.array_keys import with_keys, without_own_keys
from integrations.providers.sanity.document_paths import json_match
from integrations.providers.sanity.documents import (
    ENVELOPE_BYTES,
    PreparedRecord,
    leads_into_array,
    prepare,
    transaction_body,
    transaction_id,
)
from tests.unit.providers.sanity.lake import outgoing

SKELETON = {"createIfNotExists": {"_id": f"e-{1:032x}", "_type": "post"}}
ID = f"e-{1:032x}"


def mutations_of(record, current=None):
    prepared = prepare(0, record, current)
    assert isinstance(prepared, PreparedRecord)
    return [json.loads(mutation) for mutation in prepared.mutations]


def set_of(targets, current=None, **changes):
    return mutations_of(outgoing(1, targets=targets, **changes), current)[-1]["patch"]["set"]


def test_an_unknown_record_gets_a_skeleton_and_its_content_once():
    record = outgoing(1, targets={"title": "A", "body": "<p>long</p>"})
    assert mutations_of(record) == [SKELETON, {"patch": {"id": ID, "set": {"body": "<p>long</p>", "title": "A"}}}]


def test_only_what_changed_is_sent():
    record = outgoing(1, targets={"title": "A", "body": "B"}, changed=frozenset({"title"}))
    assert mutations_of(record)[-1] == {"patch": {"id": ID, "set": {"title": "A"}}}


def test_a_known_record_is_changed_at_its_expected_revision_only():
    record = outgoing(1, known=True, expected_revision="r1")
    assert mutations_of(record) == [
        SKELETON,
        {"patch": {"id": ID, "ifRevisionID": "r1", "set": {"title": "Title 1"}}},
    ]


def test_a_known_record_that_may_be_overwritten_isnt_recreated_half():
    assert mutations_of(outgoing(1, known=True)) == [{"patch": {"id": ID, "set": {"title": "Title 1"}}}]


def test_a_known_record_without_changes_needs_nothing():
    assert mutations_of(outgoing(1, known=True, expected_revision="r1", changed=frozenset())) == []


def test_an_entity_that_maps_to_nothing_becomes_an_empty_document():
    assert mutations_of(outgoing(1, targets={})) == [SKELETON]


def test_a_slug_gets_its_type():
    assert set_of({"slug.current": "a-b"}) == {"slug.current": "a-b", "slug._type": "slug"}
    assert set_of({"seo.slug.current": "a-b"}) == {"seo.slug.current": "a-b", "seo.slug._type": "slug"}
    assert set_of({"current": "a"}) == {"current": "a"}


def test_a_mapped_type_of_a_slug_wins():
    assert set_of({"slug.current": "a", "slug._type": "mySlug"}) == {"slug.current": "a", "slug._type": "mySlug"}


def test_an_explicit_null_is_stored_and_a_target_that_is_gone_is_removed():
    record = outgoing(1, targets={"title": None}, changed=frozenset({"title", "old-name"}), known=True)
    assert mutations_of(record) == [{"patch": {"id": ID, "set": {"title": None}, "unset": ["['old-name']"]}}]


def test_lists_are_set_whole():
    assert set_of({"tags": ["a", "b"]}) == {"tags": ["a", "b"]}


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("title", "title"),
        ("seo.description", "seo.description"),
        ("_private1", "_private1"),
        ("odd-name", "['odd-name']"),
        ("seo.odd name.x", "seo['odd name'].x"),
        ("été", "['été']"),
        ("9lives", "['9lives']"),
        ("true", "['true']"),
        ("a.null", "a['null']"),
        ("it's.a\\b", "['it\\'s']['a\\\\b']"),
        ("$where", "['$where']"),
        ("a[0].b", "a[0].b"),
    ],
)
def test_paths_are_written_in_json_match(target, path):
    assert json_match(parse_path(target)) == path


def test_an_element_of_an_array_is_sent_with_the_whole_array():
    targets = {"tags[0]": "a", "tags[2]": "c"}
    assert set_of(targets) == {"tags": ["a", None, "c"]}


def test_elements_that_arent_mapped_survive():
    there = RemoteRecord(ID, "post", {"tags": ["x", "y", "z"]}, revision="r7")
    record = outgoing(1, targets={"tags[1]": "b"}, known=True)
    assert mutations_of(record, there) == [
        SKELETON,
        {"patch": {"id": ID, "ifRevisionID": "r7", "set": {"tags": ["x", "b", "z"]}}},
    ]
    assert there.document == {"tags": ["x", "y", "z"]}


def test_an_expected_revision_isnt_replaced_by_the_one_that_was_read():
    there = RemoteRecord(ID, "post", {"tags": ["x"]}, revision="r7")
    record = outgoing(1, targets={"tags[0]": "b"}, known=True, expected_revision="r6")
    assert mutations_of(record, there)[-1]["patch"]["ifRevisionID"] == "r6"


def test_what_changed_in_an_array_brings_its_unchanged_mapped_elements_along():
    record = outgoing(1, targets={"tags[0]": "a", "tags[1]": "b", "title": "T"}, changed=frozenset({"tags[1]"}))
    assert mutations_of(record)[-1]["patch"]["set"] == {"tags": ["a", "b"]}


def test_objects_within_arrays_are_built_from_their_paths():
    there = RemoteRecord(ID, "post", {"a": {"list": [{"_key": "k", "kept": 1, "title": "old"}, "x"]}}, revision="r")
    found = set_of({"a.list[0].title": "new", "a.list[0].link.current": "s"}, there)
    link = {"current": "s", "_type": "slug"}
    assert found == {"a.list": [{"_key": "k", "kept": 1, "title": "new", "link": link}, "x"]}


def test_only_a_change_within_an_array_needs_the_document():
    assert leads_into_array(outgoing(1, targets={"a[0]": 1}))
    assert not leads_into_array(outgoing(1, targets={"a[0]": 1, "b": 1}, changed=frozenset({"b"})))


@pytest.mark.parametrize("there", [{"tags": "text"}, {"tags": {"a": 1}}])
def test_what_stands_where_an_array_is_needed_is_left_alone(there):
    refused = prepare(0, outgoing(1, targets={"tags[0]": "a"}), RemoteRecord(ID, "post", there))
    assert isinstance(refused, Rejected)
    assert refused.code == "path_blocked"
    assert "tags[0]" in refused.message


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {"a": "\udfff"}, b"bytes", {1, 2}, [object()]])
def test_what_is_no_json_is_refused_for_that_record(value):
    refused = prepare(0, outgoing(1, targets={"title": value}))
    assert isinstance(refused, Rejected)
    assert (refused.entity_id, refused.code, refused.transient) == ("entity-1", "not_json", False)


def test_objects_of_arrays_get_keys_that_stay_the_same():
    value = {"people": [{"name": "A"}, {"name": "A"}, {"name": "B", "tags": [{"x": 1}]}, "text", {"_key": "own"}]}
    keyed = with_keys(value)
    keys = [item["_key"] for item in keyed["people"] if isinstance(item, dict)]
    assert len(set(keys)) == 4
    assert keys[-1] == "own"
    assert "_key" in keyed["people"][2]["tags"][0]
    assert with_keys(value) == keyed
    assert with_keys(keyed) == keyed


def test_keys_of_ours_come_off_again_and_those_of_editors_stay():
    value = {"people": [{"name": "A"}, {"name": "B", "tags": [{"x": 1}]}, {"_key": "own", "name": "C"}]}
    assert without_own_keys(with_keys(value)) == value
    edited = with_keys(value)
    edited["people"][0]["name"] = "Edited"
    assert "_key" in without_own_keys(edited)["people"][0]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text('aé\U0001f600"\\\n<'),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("ab-", min_size=1, max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values)
def test_keys_come_off_whatever_they_were_given_to(value):
    assert without_own_keys(with_keys(value)) == value


@given(
    st.lists(st.dictionaries(st.sampled_from(["title", "slug.current", "odd-name", "tags"]), json_values), max_size=6)
)
def test_the_measured_bytes_are_those_of_the_body(all_targets):
    group = [prepare(number, outgoing(number, targets=targets)) for number, targets in enumerate(all_targets)]
    body = transaction_body(transaction_id("job", group), group)
    measured = sum(prepared.size_bytes for prepared in group)
    assert len(body) == ENVELOPE_BYTES + max(measured - 1, 0)
    sent = json.loads(body)["mutations"]
    assert sum(len(prepared.mutations) for prepared in group) == len(sent)


def test_a_transactions_id_says_what_is_sent_for_whom_and_onto_what():
    group = [prepare(0, outgoing(1)), prepare(1, outgoing(2))]
    first = transaction_id("job", group)
    assert transaction_id("job", group) == first
    others = [
        ("other job", group),
        ("job", group[:1]),
        ("job", [prepare(0, outgoing(1, targets={"title": "New"})), group[1]]),
        ("job", [prepare(0, outgoing(1, known=True, expected_revision="r1")), group[1]]),
        ("job", [prepare(0, outgoing(1, known=True, expected_revision="r2")), group[1]]),
        ("job", group[::-1]),
    ]
    ids = {transaction_id(job_id, other) for job_id, other in others}
    assert len(ids | {first}) == len(others) + 1
    assert all(len(each) == 64 for each in ids)
