import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.api.cursor import open_cursor, seal_cursor
from integrations.domain.errors import ValidationFailed

SECRET = b"a secret of the tests"
PLACES = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(PLACES, PLACES)
def test_a_cursor_opens_to_its_place_in_its_list(place, context):
    assert open_cursor(seal_cursor(place, context, SECRET), context, SECRET) == place


@given(PLACES, st.integers(0, 200), st.sampled_from("AQgw_-9z"))
def test_an_altered_cursor_does_not_open(place, position, letter):
    cursor = seal_cursor(place, "jobs", SECRET)
    position %= len(cursor)
    altered = cursor[:position] + letter + cursor[position + 1 :]
    if altered != cursor:
        with pytest.raises(ValidationFailed):
            open_cursor(altered, "jobs", SECRET)


@given(st.text(max_size=80))
def test_what_is_no_cursor_does_not_open(text):
    with pytest.raises(ValidationFailed) as refused:
        open_cursor(text, "jobs", SECRET)
    assert refused.value.details[0][0] == "cursor"


def test_a_cursor_is_of_no_use_elsewhere():
    cursor = seal_cursor("01A", "jobs/one", SECRET)
    for context, secret in (("jobs/two", SECRET), ("jobs/one", b"another")):
        with pytest.raises(ValidationFailed):
            open_cursor(cursor, context, secret)


def test_where_the_context_ends_is_sealed_too():
    cursor = seal_cursor("b/01A", "jobs/a", SECRET)
    with pytest.raises(ValidationFailed):
        open_cursor(cursor, "jobs/a/b", SECRET)
