import hashlib
import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.domain.errors import RecordRejected
from integrations.mapping.digest import canonical_json, value_hash
from integrations.mapping.paths import MISSING

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [1.0, True, None]}, '{"a":[1,true,null],"b":1}'),
        ("é\u2028", '"é\u2028"'),
        (-0.0, "0"),
        (1e22, "10000000000000000000000"),
        (0.1, "0.1"),
        ((1, 2), "[1,2]"),
    ],
)
def test_canonical_json_is_sorted_dense_and_in_utf_8(value, text):
    assert canonical_json(value) == text.encode()


@settings(max_examples=40)
@given(JSON)
def test_a_value_that_went_through_json_has_the_same_hash(value):
    assert value_hash(json.loads(json.dumps(value))) == value_hash(value)


@settings(max_examples=40)
@given(JSON, JSON)
def test_equal_hashes_mean_equal_values(a, b):
    assert (value_hash(a) == value_hash(b)) == (canonical_json(a) == canonical_json(b))


def test_a_hash_is_the_beginning_of_sha_256():
    assert value_hash("a") == hashlib.sha256(b'"a"').digest()[:12]


def test_missing_null_false_and_empty_are_told_apart():
    assert value_hash(MISSING) == bytes(12)
    assert len({value_hash(value) for value in (MISSING, None, False, 0, "", [], {})}) == 7


def test_half_of_a_utf_16_pair_can_be_hashed():
    assert len({value_hash(text) for text in ("\ud800", "\udc00", "\ufffd", "\U00010000")}) == 4


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, [-math.inf], {"a": math.nan}, b"a", {1: 2}, {"a": {2, 3}}, MISSING]
)
def test_what_json_cannot_say_is_rejected(value):
    with pytest.raises(RecordRejected) as rejected:
        canonical_json(value)
    assert rejected.value.code == "value_not_json"


def test_endless_nesting_is_rejected():
    value: list[object] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(RecordRejected) as rejected:
        value_hash(value)
    assert rejected.value.code == "value_not_json"
