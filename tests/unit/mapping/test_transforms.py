import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.domain.errors import RecordRejected
from integrations.domain.field_mapping import TRANSFORMS
from integrations.mapping.transforms import apply_transform, invert_transform

ANY_TEXT = st.text(st.characters(), max_size=40)


@pytest.mark.parametrize(
    ("transform", "value", "expected"),
    [
        ("uppercase", "straße", "STRASSE"),
        ("lowercase", "ÀÉÎ", "àéî"),
        ("slugify", "Héllo, Wörld & 你好!", "hello-world-ni-hao"),
        ("slugify", "!!!", ""),
        ("markdown_to_html", "*a*", "<p><em>a</em></p>\n"),
        ("markdown_to_html", "", ""),
        (None, 7, 7),
        (None, {"a": [1]}, {"a": [1]}),
    ],
)
def test_a_value_is_transformed(transform, value, expected):
    assert apply_transform(transform, value) == expected


@pytest.mark.parametrize("transform", [*TRANSFORMS, None])
def test_an_explicit_null_stays_null(transform):
    assert apply_transform(transform, None) is None
    assert invert_transform(transform, None) is None


def test_a_list_of_texts_is_transformed_element_by_element():
    assert apply_transform("slugify", ["A b", "C"]) == ["a-b", "c"]
    assert apply_transform("uppercase", []) == []
    assert invert_transform("markdown_to_html", ["<p><em>a</em></p>\n", "<h1>b</h1>\n"]) == ["*a*\n", "# b\n"]


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize(
    ("value", "found"),
    [
        (7, "a number"),
        (True, "a boolean"),
        ({"a": "b"}, "an object"),
        (["a", None], "null as element 1"),
        ([["a"]], "an array"),
    ],
)
def test_any_other_type_is_rejected_saying_which(transform, value, found):
    with pytest.raises(RecordRejected) as rejected:
        apply_transform(transform, value)
    assert rejected.value.code == "transform_type"
    assert found in rejected.value.message
    assert transform in rejected.value.message
    assert "list of texts" in rejected.value.message


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_a_text_over_a_megabyte_is_rejected(transform):
    for value in ("é" * 500_001, ["a", "b" * 1_000_001]):
        with pytest.raises(RecordRejected) as rejected:
            apply_transform(transform, value)
        assert rejected.value.code == "value_too_large"


def test_a_text_of_exactly_a_megabyte_is_transformed():
    assert apply_transform("lowercase", "É" * 500_000) == "é" * 500_000


@pytest.mark.parametrize("transform", [None, "uppercase", "lowercase", "slugify"])
@pytest.mark.parametrize("value", ["HeLLo", 7, {"a": 1}, ["x", 2]])
def test_what_cannot_be_undone_is_pulled_as_it_is(transform, value):
    assert invert_transform(transform, value) == value


def test_html_that_is_no_text_is_rejected():
    with pytest.raises(RecordRejected) as rejected:
        invert_transform("markdown_to_html", {"_type": "block"})
    assert rejected.value.code == "transform_type"


@given(ANY_TEXT)
def test_a_slug_keeps_to_its_alphabet_and_is_its_own_slug(text):
    slug = apply_transform("slugify", text)
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", slug)
    assert apply_transform("slugify", slug) == slug


@given(ANY_TEXT)
def test_no_text_is_too_strange_to_be_transformed(text):
    for transform in TRANSFORMS:
        assert isinstance(apply_transform(transform, text), str)
