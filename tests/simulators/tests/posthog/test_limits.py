"""Requests a minute and an hour, in sliding windows, and queries at once."""

import time
from concurrent.futures import ThreadPoolExecutor

from tests.simulators.admin_client import AdminClient
from tests.simulators.tests.posthog.posthog_calls import PostHogCalls, event


def test_the_two_hundred_and_forty_first_list_of_a_minute_must_wait(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.configure(rateLimits=True)
    statuses = [calls.get("persons/").status_code for _ in range(240)]
    refused = calls.get("events/")
    assert (set(statuses), refused.status_code) == ({200}, 429)
    wait = int(refused.headers["retry-after"])
    assert 50 <= wait <= 60
    assert refused.json() == {
        "type": "throttled_error",
        "code": "throttled",
        "detail": f"Request was throttled. Expected available in {wait} seconds.",
        "attr": None,
    }
    assert (calls.get().status_code, calls.query("select 1").status_code) == (200, 200)
    assert calls.batch(event()).status_code == 200


def test_a_place_is_free_again_when_the_oldest_request_leaves_the_window(
    calls: PostHogCalls, admin: AdminClient
) -> None:
    admin.configure(rateLimits=True, analyticsPerMinute=3, minuteSeconds=1)
    assert [calls.get("persons/").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    assert calls.get("persons/").headers["retry-after"] == "1"
    time.sleep(1.0)
    assert calls.get("persons/").status_code == 200


def test_the_hour_has_a_limit_of_its_own(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.configure(rateLimits=True, queryPerHour=2)
    assert [calls.query("select 1").status_code for _ in range(3)] == [200, 200, 429]
    assert int(calls.query("select 1").headers["retry-after"]) > 3_590


def test_headers_tell_what_is_left(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.configure(rateLimits=True, crudPerMinute=2)
    left = [calls.get().headers["x-ratelimit-remaining"] for _ in range(3)]
    assert (left, calls.get().headers["x-ratelimit-limit"]) == (["1", "0", "0"], "2")
    admin.configure(rateLimitHeaders=False)
    headers = calls.get().headers
    assert "x-ratelimit-limit" not in headers
    assert "retry-after" in headers


def test_requests_count_by_team_or_by_key(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.configure(rateLimits=True, queryPerMinute=1)
    assert calls.query("select 1").status_code == 200
    assert calls.query("select 1", key="phx_sim_query").status_code == 429
    admin.configure(rateLimitScope="key")
    assert calls.query("select 1", key="phx_sim_query").status_code == 200


def test_three_queries_may_run_at_once(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.configure(querySeconds=0.3)
    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(lambda _: calls.query("select 1").status_code, range(4)))
    assert statuses == [200, 200, 200, 429]
    assert calls.query("select 1").status_code == 200
