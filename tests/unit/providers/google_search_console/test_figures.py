from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.providers.google_search_console.figures import PageFigures

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "clicks": st.integers(0, 10_000),
            "impressions": st.integers(0, 1_000_000),
            "position": st.floats(1, 1_000, allow_nan=False),
        }
    ),
    max_size=30,
)


def summed(rows):
    figures = PageFigures("https://example.com/")
    for row in rows:
        figures.add(row)
    return figures.document()


def test_an_empty_sum_is_zeros_without_a_position():
    assert summed([]) == {
        "page": "https://example.com/",
        "clicks": 0,
        "impressions": 0,
        "ctr": 0,
        "position": None,
    }


def test_position_weighs_by_impressions():
    rows = [{"clicks": 1, "impressions": 10, "position": 1.0}, {"clicks": 0, "impressions": 30, "position": 5.0}]
    assert summed(rows) == {
        "page": "https://example.com/",
        "clicks": 1,
        "impressions": 40,
        "ctr": 0.025,
        "position": 4.0,
    }


@given(ROWS, st.randoms(use_true_random=False))
def test_sums_are_exact_in_whatever_order_rows_come(rows, random):
    document = summed(rows)
    impressions = sum(row["impressions"] for row in rows)
    assert document["clicks"] == sum(row["clicks"] for row in rows)
    assert document["impressions"] == impressions
    if impressions:
        weighted = sum((Fraction(row["position"]) * row["impressions"] for row in rows), Fraction(0))
        assert document["position"] == float(weighted / impressions)
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert summed(shuffled) == document


@pytest.mark.parametrize(
    ("rows", "position"),
    [
        ([{"clicks": 0, "impressions": 5}], None),
        ([{"clicks": 0, "impressions": 5}, {"clicks": 0, "impressions": 1, "position": 3.0}], 3.0),
        ([{"clicks": 0, "impressions": 0, "position": 3.0}], None),
    ],
)
def test_rows_without_a_position_or_impressions_have_no_part_in_it(rows, position):
    assert summed(rows)["position"] == position


def test_counts_that_are_no_whole_numbers_are_summed_exactly_too():
    document = summed([{"clicks": 0.1, "impressions": 0.5}] * 10)
    assert document["impressions"] == 5
    assert isinstance(document["impressions"], int)
    assert document["clicks"] == pytest.approx(1.0)
