import copy
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.domain.errors import RecordRejected
from integrations.mapping.paths import (
    MISSING,
    PathInvalid,
    format_path,
    parse_path,
    paths_collide,
    read_path,
    remove_path,
    write_path,
)

NAMES = st.text(st.characters(exclude_characters=".[]", exclude_categories=("Cc", "Cs")), min_size=1, max_size=8)
STEPS = st.one_of(NAMES, st.integers(0, 12))
PATHS = st.tuples(NAMES, st.lists(STEPS, max_size=5)).map(lambda parts: (parts[0], *parts[1]))
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
DOCUMENTS = st.dictionaries(
    NAMES, st.recursive(SCALARS, lambda c: st.lists(c, max_size=3) | st.dictionaries(NAMES, c, max_size=3)), max_size=4
)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("title", ("title",)),
        ("slug.current", ("slug", "current")),
        ("images[0].alt", ("images", 0, "alt")),
        ("grid[999][0]", ("grid", 999, 0)),
        ("properties.$browser version", ("properties", "$browser version")),
        ("items.0", ("items", "0")),
    ],
)
def test_a_path_is_read_step_by_step(text, path):
    assert parse_path(text) == path
    assert format_path(path) == text


NO_PATHS = (
    *("", ".", "a.", ".a", "a..b", "[0]", "a[", "a[]", "a[x]", "a[-1]", "a[01]", "a[٣]", "a]b", "a[0]b", "a\nb"),
    *("a[1000]", ".".join("a" * 21), "a" * 257),
)


@pytest.mark.parametrize("text", NO_PATHS)
def test_what_is_no_path_is_refused_with_what_was_given(text):
    with pytest.raises(PathInvalid) as refused:
        parse_path(text)
    assert "path" in str(refused.value)
    assert text[:20] in str(refused.value) or repr(text[:20])[1:-1] in str(refused.value)


def test_the_greatest_path_is_allowed():
    assert len(parse_path("a" + "[999]" * 19)) == 20
    assert parse_path("a" * 256) == ("a" * 256,)


@settings(max_examples=40)
@given(PATHS)
def test_a_path_written_as_text_is_the_same_path(path):
    assert parse_path(format_path(path)) == path


@settings(max_examples=40)
@given(DOCUMENTS, PATHS, st.integers())
def test_what_is_written_is_read_and_nothing_else_changes(document, path, value):
    before = copy.deepcopy(document)
    try:
        written = write_path(document, path, value)
    except RecordRejected:
        assert read_path(document, path) is MISSING
        return
    finally:
        assert document == before
    assert read_path(written, path) == value
    assert {name: written[name] for name in written if name != path[0]} == {
        name: document[name] for name in document if name != path[0]
    }


@settings(max_examples=40)
@given(DOCUMENTS, PATHS, st.integers())
def test_what_was_written_new_can_be_taken_out(document, path, value):
    if read_path(document, path[:1]) is not MISSING:
        return
    written = write_path(document, path, value)
    removed = remove_path(written, path)
    assert read_path(removed, path) in (MISSING, None)
    assert read_path(written, path) == value
    assert all(removed[name] == document[name] for name in document)


def test_an_explicit_null_is_not_missing():
    assert read_path({"a": None}, ("a",)) is None
    assert read_path({"a": None}, ("b",)) is MISSING
    assert read_path({"a": None}, ("a", "b")) is MISSING


@pytest.mark.parametrize("document", [{"a": "text"}, {"a": {"0": 1}}, {"a": []}, {"a": 7}, {"a": None}, {}])
def test_an_element_of_what_is_no_array_is_missing(document):
    assert read_path(document, ("a", 0)) is MISSING


def test_missing_parents_are_created_and_gaps_are_null():
    assert write_path({}, parse_path("a.b[2].c"), 1) == {"a": {"b": [None, None, {"c": 1}]}}
    assert write_path({"a": None}, parse_path("a[1]"), 1) == {"a": [None, 1]}


@pytest.mark.parametrize(
    ("document", "path", "found"),
    [
        ({"a": "x"}, "a.b", "a text"),
        ({"a": 1.5}, "a[0]", "a number"),
        ({"a": {}}, "a[0]", "an object"),
        ({"a": []}, "a.b", "an array"),
        ({"a": True}, "a.b", "a boolean"),
    ],
)
def test_what_stands_in_the_way_is_named(document, path, found):
    with pytest.raises(RecordRejected) as rejected:
        write_path(document, parse_path(path), 1)
    assert rejected.value.code == "path_blocked"
    assert f"{found} stands" in rejected.value.message
    assert repr(path) in rejected.value.message


def test_taking_out_what_is_not_there_changes_nothing():
    document = {"a": {"b": 1}}
    assert remove_path(document, ("a", "c")) is document


@pytest.mark.parametrize(
    ("a", "b", "collide"),
    [
        ("a", "a", True),
        ("a", "a.b", True),
        ("a[0]", "a[0].b", True),
        ("a.b", "a.c", False),
        ("a[0]", "a[1]", False),
        ("a", "ab", False),
        ("a.b", "a[0]", True),
        ("a.b.x", "a.c[0]", False),
    ],
)
def test_paths_collide_when_they_cannot_both_be_written(a, b, collide):
    assert paths_collide(parse_path(a), parse_path(b)) is collide
    assert paths_collide(parse_path(b), parse_path(a)) is collide


def test_there_is_only_one_missing():
    assert not MISSING
    assert repr(MISSING) == "MISSING"
    assert copy.deepcopy([MISSING])[0] is MISSING
    assert copy.copy(MISSING) is MISSING
    assert pickle.loads(pickle.dumps(MISSING)) is MISSING
