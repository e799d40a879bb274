import json

import pytest

from integrations.domain.errors import RetryLater
from integrations.providers.posthog.cursors import Cursor
from integrations.providers.posthog.pageviews import PageFigures
from integrations.providers.posthog.records import Kind


def walk(places):
    cursor = Cursor(kind="persons")
    for place in places:
        cursor = stored(cursor.moved({"path": str(place)}, None))
    return cursor


def stored(cursor):
    return Cursor.from_json(json.loads(json.dumps(cursor.as_json())))


@pytest.mark.parametrize("length", [1, 2, 3, 7, 40])
@pytest.mark.parametrize("before", [0, 5])
def test_a_circle_of_any_length_is_noticed(length, before):
    places = [*range(before), *(before + step % length for step in range(4 * (length + before + 1)))]
    with pytest.raises(RetryLater) as failed:
        walk(places)
    assert failed.value.code == "repeated_page"


def test_a_straight_way_is_never_taken_for_a_circle():
    assert walk(range(1_000)).place == {"path": "999"}


def test_the_next_kind_begins_with_the_runs_watermark():
    cursor = stored(Cursor(since="w").entering(Kind.PERSON).moved({"path": "p"}, None)).entering(Kind.EVENT)
    assert cursor == Cursor(kind="events", since="w")


def test_figures_are_added_and_are_zero_where_nothing_was():
    figures = PageFigures("https://x.org")
    assert figures.document() == {"url": "https://x.org", "views": 0, "visitors": 0}
    for visitors in (2, 1):
        figures.add({"url": "https://x.org/", "views": 3, "visitors": visitors})
    assert figures.document() == {"url": "https://x.org", "views": 6, "visitors": 3}
