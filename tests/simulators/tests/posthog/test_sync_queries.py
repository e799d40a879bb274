"""HogQL of a sync: several events as one stream, pages whatever their spelling, look-ups by id."""

from tests.simulators.admin_client import AdminClient
from tests.simulators.posthog.known_queries import KNOWN_QUERIES
from tests.simulators.tests.posthog.posthog_calls import BEGINNING, NO_UUID, PostHogCalls, event

QUERIES = {known.name: known.text for known in KNOWN_QUERIES}
WINDOW = {"since": "2026-06-01T00:00:00Z", "until": "2026-06-04T00:00:00Z"}


def asked(name: str, **sizes: int) -> str:
    """The query with a placeholder for each element of its lists."""
    text = QUERIES[name]
    for values, size in sizes.items():
        text = text.replace(f"{{{values}}}", f"({', '.join(f'{{{values}_{number}}}' for number in range(size))})")
    return text


def test_events_of_several_names_are_one_stream(calls: PostHogCalls) -> None:
    calls.batch(event(1, event="b"), event(2, event="a"), event(3, event="c"))
    text = asked("events_of_names_after", events=2)
    values = {"events_0": "a", "events_1": "b", "since": BEGINNING, "after": NO_UUID}
    rows = calls.rows(f"{text} limit 1000", **values)
    assert [row[1] for row in rows] == ["b", "a"]
    tied = {**values, "since": rows[0][3], "after": rows[0][0]}
    assert [row[1] for row in calls.rows(text, **tied)] == ["a"]


def test_events_ahead_of_the_clock_wait_for_it(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.set_clock(now="2026-06-01T00:00:00Z", frozen=True)
    calls.batch(event(1, timestamp="2026-06-01T01:00:00Z"))
    text = asked("events_of_names_after", events=1)
    values = {"events_0": "published", "since": BEGINNING, "after": NO_UUID}
    assert calls.rows(text, **values) == []
    admin.set_clock(advanceSeconds=3_600)
    assert len(calls.rows(text, **values)) == 1


def test_events_are_found_by_uuid(calls: PostHogCalls) -> None:
    calls.batch(event(1), event(2), event(3, event="other"))
    uuids = [event(number)["uuid"] for number in (2, 3, 4)]
    named = {f"uuids_{number}": uuid for number, uuid in enumerate(uuids)}
    rows = calls.rows(asked("events_of_uuids", events=1, uuids=3), events_0="published", **named)
    assert [row[0] for row in rows] == uuids[:1]


def test_spellings_of_a_page_are_counted_together(calls: PostHogCalls) -> None:
    view = {"event": "$pageview", "timestamp": "2026-06-02T00:00:00Z"}
    urls = ["https://www.x.org/a/?utm=1", "http://x.org/a#top", "https://x.org/a", "https://x.org/", None]
    calls.batch(*(event(n, **view, properties={"$current_url": url}) for n, url in enumerate(urls)))
    home, page = ["https://x.org", "https://x.org/", 1, 1], ["https://x.org/a", "http://x.org/a", 3, 1]
    assert calls.rows(QUERIES["pages_after"], **WINDOW, after="") == [home, page]
    assert calls.rows(QUERIES["pages_after"], **WINDOW, after=home[0]) == [page]
    text = asked("pages_of", pages=2)
    assert calls.rows(text, **WINDOW, pages_0=page[0], pages_1="https://x.org/b") == [page]


def test_persons_are_found_by_any_of_their_ids(calls: PostHogCalls, admin: AdminClient) -> None:
    created = "2026-01-01T00:00:00.123456Z"
    admin.seed([{"distinct_ids": ["a", "b"], "created_at": created, "properties": {"plan": "pro"}}])
    rows = calls.rows(asked("persons_of", distinct_ids=2), distinct_ids_0="b", distinct_ids_1="c")
    assert rows == [["b", '{"plan":"pro"}', "2026-01-01T00:00:00.123000Z"]]


def test_each_element_of_a_list_has_a_placeholder(calls: PostHogCalls) -> None:
    text = asked("persons_of", distinct_ids=2)
    answer = calls.query(text, distinct_ids_0=["a"], distinct_ids_1="b")
    assert (answer.status_code, "takes strings" in answer.json()["detail"]) == (400, True)
    assert "Unresolved placeholder: {distinct_ids_0}" in calls.query(text).json()["detail"]
    assert calls.query(QUERIES["persons_of"], distinct_ids=["a"]).status_code == 400


def test_late_events_may_be_of_the_last_hours(admin: AdminClient) -> None:
    made = admin.call("POST", "generate", {"persons": 0, "lateSpanSeconds": 5 * 3_600})
    assert made["pending"] == 50
    times = [each["timestamp"] for each in admin.dump(kind="pending")]
    assert "2026-06-03T19:00:00" <= min(times) < max(times) < "2026-06-04"
