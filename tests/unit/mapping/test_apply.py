import copy
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.domain.entity import Entity
from integrations.domain.errors import RecordRejected
from integrations.domain.field_mapping import TRANSFORMS, FieldMapping
from integrations.mapping.apply import apply_to_fields, build_document, map_entity, pull_value
from integrations.mapping.paths import MISSING

DEMO = (
    FieldMapping("fields.title", "title"),
    FieldMapping("fields.title", "slug.current", "slugify"),
    FieldMapping("fields.body", "body", "markdown_to_html"),
    FieldMapping("fields.description", "seo.description"),
)


def source(**fields):
    return Entity("e1", "article", fields, created_at=1, updated_at=2).as_source()


def test_an_entity_becomes_the_values_of_its_targets():
    assert map_entity(source(title="Hello World", body="# Hi", description=None), DEMO) == {
        "title": "Hello World",
        "slug.current": "hello-world",
        "body": "<h1>Hi</h1>\n",
        "seo.description": None,
    }


def test_targets_come_in_the_order_of_the_mappings():
    assert list(map_entity(source(title="a", body="b"), DEMO[::-1])) == ["body", "slug.current", "title"]


def test_a_missing_source_leaves_the_target_out():
    assert map_entity(source(body=None), DEMO) == {"body": None}


def test_the_entitys_own_values_can_be_mapped():
    mappings = [FieldMapping(name, name) for name in ("id", "entityTypeId", "createdAt", "updatedAt")]
    assert map_entity(source(), mappings) == {"id": "e1", "entityTypeId": "article", "createdAt": 1, "updatedAt": 2}


def test_a_transform_that_cannot_work_names_source_and_target():
    with pytest.raises(RecordRejected) as rejected:
        map_entity(source(title={"de": "Hallo"}), DEMO)
    assert rejected.value.code == "transform_type"
    assert rejected.value.message.startswith("fields.title → slug.current: ")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.sampled_from("abc"), children, max_size=3),
    max_leaves=8,
)


@settings(max_examples=40)
@given(
    st.dictionaries(st.sampled_from(["a", "b", "title"]), JSON),
    st.lists(st.builds(FieldMapping, st.sampled_from(["fields.a", "fields.a.b", "fields.a[1]", "fields.title", "id"]),
                       st.sampled_from(["x", "y.z", "w[2]"]), st.sampled_from([None, *TRANSFORMS])), max_size=4),
)  # fmt: skip
def test_mapping_never_changes_the_entity(fields, mappings):
    entity = source(**fields)
    before = copy.deepcopy(entity)
    with suppress(RecordRejected):
        targets = map_entity(entity, mappings)
        assert set(targets) <= {mapping.target for mapping in mappings}
        build_document(targets)
    assert entity == before


def test_targets_are_built_into_a_document():
    targets = {"title": "a", "slug.current": "b", "seo.tags[1]": None, "seo.description": "c"}
    assert build_document(targets) == {
        "title": "a",
        "slug": {"current": "b"},
        "seo": {"tags": [None, None], "description": "c"},
    }
    assert build_document({}) == {}


def test_targets_that_collide_are_rejected():
    with pytest.raises(RecordRejected) as rejected:
        build_document({"a": "text", "a.b": 1})
    assert rejected.value.code == "path_blocked"


def test_a_remote_value_is_pulled_through_the_inverse_transform():
    assert pull_value(DEMO[2], "<p>Edited <strong>there</strong></p>\n") == "Edited **there**\n"
    assert pull_value(DEMO[1], "as-it-is") == "as-it-is"
    assert pull_value(DEMO[2], None) is None
    assert pull_value(DEMO[2], MISSING) is MISSING


def test_a_remote_value_that_cannot_be_pulled_names_target_and_source():
    with pytest.raises(RecordRejected) as rejected:
        pull_value(DEMO[2], [{"_type": "block"}])
    assert rejected.value.message.startswith("body → fields.body: ")


def test_changes_are_made_to_new_fields():
    fields = {"title": "a", "seo": {"title": "b", "tags": ["x"]}, "old": 1}
    before = copy.deepcopy(fields)
    changes = {"fields.seo.description": "c", "fields.seo.tags[2]": "z", "fields.title": None, "fields.old": MISSING}
    assert apply_to_fields(fields, changes) == {
        "title": None,
        "seo": {"title": "b", "tags": ["x", None, "z"], "description": "c"},
    }
    assert fields == before


def test_a_change_that_something_stands_in_the_way_of_is_rejected():
    with pytest.raises(RecordRejected) as rejected:
        apply_to_fields({"seo": "text"}, {"fields.seo.title": "x"})
    assert rejected.value.code == "path_blocked"
    assert "fields.seo" in rejected.value.message
