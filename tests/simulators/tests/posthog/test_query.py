"""HogQL: the table's queries, their limits, and what isn't in the table."""

import time
from typing import Any

import pytest

from tests.simulators.admin_client import AdminClient
from tests.simulators.tests.posthog.posthog_calls import BEGINNING, EVENTS, NO_UUID, PostHogCalls, event

PAGEVIEWS = (
    "select properties.$current_url as url, count() as views, count(distinct person_id) as visitors from events"
    " where event = '$pageview' and timestamp >= {since} and timestamp < {until} group by url order by url"
)
WINDOW = {"since": "2026-06-01T00:00:00Z", "until": "2026-06-04T00:00:00Z"}


def test_a_keyset_reads_every_event_once_over_pages_and_ties(calls: PostHogCalls, admin: AdminClient) -> None:
    made = admin.call("POST", "generate", {"persons": 20_000})
    assert made == {"events": 7500, "persons": 20_000, "pending": 50}
    since, after, sizes, seen = BEGINNING, NO_UUID, [], set()
    started = time.perf_counter()
    while page := calls.events("$pageview", since, after):
        sizes.append(len(page))
        seen |= {row[0] for row in page}
        after, _, _, since, _ = page[-1]
    assert time.perf_counter() - started < 2
    assert (sizes, len(seen)) == ([1000] * 7 + [450], 7450)


def test_ties_cross_a_page_and_late_events_come_behind_the_watermark(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.call("POST", "generate", {"persons": 0})
    assert admin.settle() == 50
    events = admin.dump(kind="events")
    times = [each["timestamp"] for each in events]
    assert times.count("2026-06-02T12:00:00.001000Z") == 1200
    assert (len({each["uuid"] for each in events}), len({each[:10] for each in times})) == (7500, 3)


def test_rows_are_clamped_in_silence_and_without_a_limit_there_are_a_hundred(
    calls: PostHogCalls, admin: AdminClient
) -> None:
    admin.call("POST", "generate", {"events": 1_200, "tied": 0, "late": 0, "persons": 0})
    values = {"event": "$pageview", "since": BEGINNING, "after": NO_UUID}
    answer = calls.query(EVENTS.replace("1000", "50000"), **values).json()
    assert (len(answer["results"]), answer["hasMore"], answer["limit"]) == (1000, False, 50_000)
    answer = calls.query(EVENTS.replace(" limit 1000", ""), **values).json()
    assert (len(answer["results"]), answer["hasMore"], answer["limit"]) == (100, True, 100)
    admin.configure(hasMoreWithLimit=True, queryRowsMaximum=50_000)
    assert calls.query(EVENTS, **values).json()["hasMore"] is True
    assert len(calls.rows(EVENTS.replace("1000", "50000"), **values)) == 1200


def test_uuids_sort_by_their_second_half_as_in_clickhouse(calls: PostHogCalls, admin: AdminClient) -> None:
    first, second = "ffffffff-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
    calls.batch(event(uuid=first), event(uuid=second))
    assert [row[0] for row in calls.events("published")] == [first, second]
    tied = {"since": "2026-01-01T00:00:00Z"}
    assert [row[0] for row in calls.events("published", after=first, **tied)] == [second]
    admin.configure(uuidOrder="text")
    assert [row[0] for row in calls.events("published")] == [second, first]


def test_an_answer_has_columns_types_and_the_query(calls: PostHogCalls) -> None:
    answer = calls.query(EVENTS, event="none", since=BEGINNING, after=NO_UUID).json()
    assert answer["columns"] == ["uuid", "event", "distinct_id", "timestamp", "properties"]
    assert answer["types"][0] == ["uuid", "UUID"]
    assert (answer["hogql"], answer["is_cached"], answer["error"]) == (EVENTS, False, None)


def test_views_and_visitors_are_grouped_by_url_within_a_window(calls: PostHogCalls, admin: AdminClient) -> None:
    view = {"event": "$pageview", "timestamp": "2026-06-02T00:00:00Z"}
    urls = {1: ("/a", "u1"), 2: ("/a", "u1"), 3: ("/a", "u2"), 4: ("/b", "u1")}
    calls.batch(
        *(event(n, **view, distinct_id=who, properties={"$current_url": url}) for n, (url, who) in urls.items())
    )
    calls.batch(event(5, **view | {"timestamp": "2026-06-04T00:00:00Z"}, properties={"$current_url": "/a"}))
    calls.batch(event(6, **view), event(7, timestamp="2026-06-02T00:00:00Z"))
    assert calls.rows(f"{PAGEVIEWS} limit 1000", **WINDOW) == [["/a", 3, 2], ["/b", 1, 1], [None, 1, 1]]
    since = "2026-06-02T00:00:00Z"
    counted = "select count() from events where event = {event} and timestamp >= {since}"
    assert calls.rows(counted, event="$pageview", since=since) == [[6]]
    calls.batch(event(8, **view | {"event": "$identify"}, properties={"$anon_distinct_id": "u2"}))
    assert calls.rows(PAGEVIEWS, **WINDOW)[0] == ["/a", 3, 1]


def test_urls_have_a_keyset_of_their_own(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.call("POST", "generate", {"events": 3_000, "persons": 0, "late": 0, "urls": 1_500})
    by_key = PAGEVIEWS.replace(" group", " and properties.$current_url > {after} group") + " limit 1000"
    first = calls.rows(by_key, **WINDOW, after="")
    rest = calls.rows(by_key, **WINDOW, after=first[-1][0])
    assert (len(first), len(rest), len({row[0] for row in first + rest})) == (1000, 500, 1500)
    assert sum(row[1] for row in first + rest) == 3_000


def test_white_space_case_and_a_wrapped_time_make_no_difference(calls: PostHogCalls) -> None:
    calls.batch(event())
    text = EVENTS.replace("{since}", "toDateTime({since})").replace(", ", " ,\n").replace("select", "SELECT")
    assert calls.rows(text, event="published", since=BEGINNING, after=NO_UUID) == calls.events("published")


def test_bare_times_may_have_to_be_in_clickhouses_form(calls: PostHogCalls, admin: AdminClient) -> None:
    calls.batch(event())
    admin.configure(timestampTextForm="clickhouse")
    values = {"event": "published", "after": NO_UUID}
    assert calls.query(EVENTS, since=BEGINNING, **values).json()["code"] == "cannot_parse_text"
    assert len(calls.rows(EVENTS, since="1970-01-01 00:00:00.000", **values)) == 1
    assert len(calls.rows(EVENTS.replace("{since}", "toDateTime({since})"), since=BEGINNING, **values)) == 1


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ({"event": "e", "since": BEGINNING}, "Unresolved placeholder: {after}"),
        ({"event": "e", "since": BEGINNING, "after": ""}, "Cannot parse uuid ''"),
        ({"event": "e", "since": "", "after": NO_UUID}, "Cannot parse string ''"),
        ({"event": 5, "since": BEGINNING, "after": NO_UUID}, "event is 5"),
    ],
)
def test_values_must_fit_their_columns(calls: PostHogCalls, values: dict[str, Any], part: str) -> None:
    answer = calls.query(EVENTS, **values)
    assert (answer.status_code, answer.json()["type"]) == (400, "validation_error")
    assert part in answer.json()["detail"]


def test_any_uuid_text_can_be_allowed(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.configure(anyUuidText=True)
    calls.batch(event())
    assert len(calls.events("published", since="2026-01-01T00:00:00Z", after="")) == 1


def test_a_query_that_is_not_in_the_table_is_refused_by_its_text(calls: PostHogCalls, admin: AdminClient) -> None:
    answer = calls.query("select event from events")
    assert (answer.status_code, answer.json()["attr"]) == (400, "query")
    assert "select event from events" in answer.json()["detail"]
    headers = {"authorization": "Bearer phx_sim"}
    answer = calls.http.post("/api/projects/12345/query/", json={"query": {"kind": "TrendsQuery"}}, headers=headers)
    assert answer.status_code == 400
    assert EVENTS.removesuffix(" limit 1000") == admin.call("GET", "queries")["queries"]["events_after"]
    entry = admin.requests(path="/query/")[0]
    assert (entry["hogql"], entry["values"]) == ("select event from events", {})


def test_a_cached_answer_may_be_stale_unless_forced(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.configure(queryCacheSeconds=60)
    count = "select count() from events"
    assert calls.rows(count) == [[0]]
    calls.batch(event())
    stale = calls.query(count).json()
    assert (stale["results"], stale["is_cached"]) == ([[0]], True)
    assert calls.query(count, refresh="force_blocking").json()["results"] == [[1]]
