"""Patches on plain values. Agreement with Sanity's own mutator over many documents: tests/clients."""

from typing import Any

import pytest

from tests.simulators.sanity.errors import MutationFailed
from tests.simulators.sanity.patches import patch_steps


def patched(document: dict[str, Any], **patch: Any) -> Any:
    for step in patch_steps(patch):
        document = step.apply(document)
    return document


DOCUMENT: dict[str, Any] = {
    "title": "t",
    "count": 1,
    "flag": True,
    "seo": {"description": "d"},
    "tags": ["x", "y", "z"],
    "rows": [{"_key": "a", "n": 1}, {"_key": "b", "n": 2}, {"_key": "a", "n": 3}],
}


@pytest.mark.parametrize(
    ("patch", "changed"),
    [
        ({"set": {"title": "new"}}, {"title": "new"}),
        ({"set": {"slug.current": "s"}}, {"slug": {"current": "s"}}),
        ({"set": {"seo.image.alt": "a"}}, {"seo": {"description": "d", "image": {"alt": "a"}}}),
        ({"set": {"['odd-name'].x": 1}}, {"odd-name": {"x": 1}}),
        ({"set": {"tags[0]": "first", "tags[-1]": "last"}}, {"tags": ["first", "y", "last"]}),
        ({"set": {"tags[9]": "nowhere"}}, {}),
        ({"set": {"missing[0]": "nowhere"}}, {}),
        (
            {"set": {'rows[_key=="a"].n': 9}},
            {"rows": [{"_key": "a", "n": 9}, {"_key": "b", "n": 2}, {"_key": "a", "n": 9}]},
        ),
        ({"set": {"rows[n==2].n": 5}}, {"rows": [{"_key": "a", "n": 1}, {"_key": "b", "n": 5}, {"_key": "a", "n": 3}]}),
        ({"set": {"rows[-1].n": 7}}, {"rows": [{"_key": "a", "n": 1}, {"_key": "b", "n": 2}, {"_key": "a", "n": 7}]}),
        ({"set": {"rows[n==true].n": 7}}, {}),
        ({"set": {"seo": None}}, {"seo": None}),
        ({"setIfMissing": {"title": "no", "seo.keywords": []}}, {"seo": {"description": "d", "keywords": []}}),
        ({"inc": {"count": 2, "missing": 1, "title": 1, "flag": 1}}, {"count": 3}),
        ({"dec": {"count": 0.5}}, {"count": 0.5}),
        ({"unset": ["tags[0]", "missing.deep"]}, {"tags": ["y", "z"]}),
        ({"unset": ['rows[_key=="a"]']}, {"rows": [{"_key": "b", "n": 2}]}),
        ({"insert": {"before": "tags[0]", "items": ["0"]}}, {"tags": ["0", "x", "y", "z"]}),
        ({"insert": {"after": "tags[-1]", "items": ["1", "2"]}}, {"tags": ["x", "y", "z", "1", "2"]}),
        ({"insert": {"replace": "tags[1]", "items": ["1", "2"]}}, {"tags": ["x", "1", "2", "z"]}),
        ({"insert": {"after": 'rows[_key=="none"]', "items": [1]}}, {}),
        ({"insert": {"after": "missing[-1]", "items": [1]}}, {}),
        ({"set": {"count": 10}, "inc": {"count": 1}}, {"count": 11}),
    ],
)
def test_a_patch_changes_what_its_path_names_and_nothing_else(patch: dict[str, Any], changed: dict[str, Any]) -> None:
    before = repr(DOCUMENT)
    assert patched(DOCUMENT, **patch) == DOCUMENT | changed
    assert repr(DOCUMENT) == before


def test_unset_removes_an_attribute() -> None:
    assert patched({"a": 1, "b": {"c": 2, "d": 3}}, unset=["a", "b.c"]) == {"b": {"d": 3}}


def test_inserting_into_an_empty_list_works_from_either_end() -> None:
    for place in ({"after": "list[-1]"}, {"before": "list[0]"}, {"before": "list[-1]"}, {"after": "list[0]"}):
        assert patched({"list": []}, insert={**place, "items": [1]}) == {"list": [1]}


def test_operations_run_in_the_documented_order_whatever_the_order_given() -> None:
    assert patched({}, inc={"n": 1}, setIfMissing={"n": 5}, set={"m": 1}, unset=["m"]) == {"n": 6}


@pytest.mark.parametrize("path", ["", "a.", "a[", "a[*]", "a[0:1]", "..a", "a b", "a-b", "1a", "a['']", "a[b>1]"])
def test_a_path_that_cannot_be_read_is_refused(path: str) -> None:
    with pytest.raises(MutationFailed):
        patch_steps({"set": {path: 1}})
