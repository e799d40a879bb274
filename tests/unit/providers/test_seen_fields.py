from integrations.providers.contract import ServiceField
from integrations.providers.seen_fields import DEPTH_MAXIMUM, FIELDS_MAXIMUM, fields_seen


def types(*documents):
    return {field.path: field.type for field in fields_seen(documents)}


def test_nested_keys_are_dotted_and_each_path_comes_once_in_order():
    found = fields_seen([{"b": {"c": "x"}, "a": 1}, {"a": 2}])
    assert found == [ServiceField("a", "number"), ServiceField("b.c", "string")]


def test_what_differs_or_is_always_null_is_unknown():
    assert types({"a": 1, "b": None, "c": None}, {"a": "x", "b": True}) == {
        "a": "unknown",
        "b": "boolean",
        "c": "unknown",
    }


def test_arrays_and_empty_objects_are_themselves():
    assert types({"tags": [{"x": 1}], "seo": {}}) == {"tags": "array", "seo": "object"}


def test_names_that_no_target_can_have_are_left_out():
    assert types({"_id": "x", "a.b": 1, "a[0]": 1, "": 1, "ok": {"_type": "slug", "current": "x"}}) == {
        "ok.current": "string"
    }


def test_what_is_endless_is_cut():
    deep: dict = {"leaf": 1}
    for _ in range(DEPTH_MAXIMUM + 5):
        deep = {"d": deep}
    assert types(deep) == {}
    assert len(types({f"k{number}": 1 for number in range(FIELDS_MAXIMUM + 10)})) == FIELDS_MAXIMUM
