"""Keys, scopes, projects, and the lists with their traps."""

import json
from typing import Any

import pytest

from tests.simulators.admin_client import AdminClient
from tests.simulators.process import RunningSimulator, start_simulator
from tests.simulators.tests.posthog.posthog_calls import PostHogCalls, event

INVALID = "Personal API key found in request Authorization header is invalid."


def persons(count: int) -> list[dict[str, Any]]:
    """Persons to seed."""
    return [{"distinct_ids": [f"p{n}"], "created_at": f"2026-01-01T00:{n // 60:02}:{n % 60:02}Z"} for n in range(count)]


def test_a_project_tells_its_token_so_that_the_write_key_can_be_checked(calls: PostHogCalls) -> None:
    project = calls.get().json()
    assert (project["id"], project["api_token"]) == (12345, "phc_sim")
    listed = calls.http.get("/api/projects", headers={"authorization": "Bearer phx_sim"}).json()
    assert (listed["count"], listed["next"], listed["results"]) == (1, None, [project])
    assert calls.get(project="@current").json() == project


@pytest.mark.parametrize("key", ["phx_unknown", "phx_sim_eu", "phx_sim_revoked", "phc_sim"])
def test_a_wrong_key_a_revoked_one_and_one_of_another_region_look_the_same(calls: PostHogCalls, key: str) -> None:
    answer = calls.get(key=key)
    assert answer.status_code == 401
    expected = {"type": "authentication_error", "code": "authentication_failed", "detail": INVALID, "attr": None}
    assert answer.json() == expected


def test_without_a_key_the_answer_says_so(calls: PostHogCalls) -> None:
    answer = calls.get(key=None)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_key_of_the_other_region_works_there(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.configure(region="eu")
    assert (calls.get(key="phx_sim_eu").status_code, calls.get().status_code) == (200, 401)


def test_the_key_is_also_taken_from_the_query_and_logged_nowhere(calls: PostHogCalls, admin: AdminClient) -> None:
    assert calls.get("persons/", key=None, personal_api_key="phx_sim").status_code == 200
    calls.batch(event())
    log = json.dumps(admin.requests())
    assert "phx_sim" not in log
    assert "phc_sim" not in log
    assert "phx_sim" not in json.dumps(admin.configuration())


def test_a_missing_scope_is_named(calls: PostHogCalls) -> None:
    answer = calls.get("persons/", key="phx_sim_query")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert answer.json()["detail"] == "API key missing required scope 'person:read'"
    assert calls.query("select 1", key="phx_sim_query").json()["results"] == [[1]]


def test_a_project_that_is_not_there_and_one_that_was_not_granted(calls: PostHogCalls, admin: AdminClient) -> None:
    assert calls.get(project="999").json()["detail"] == "Not found."
    assert (calls.get(project="54321").status_code, calls.get(project="999").status_code) == (403, 404)
    admin.configure(unseenProjectStatus=404)
    assert calls.get(project="54321").status_code == 404
    assert calls.get(project="54321", key="phx_sim_elsewhere").status_code == 200


def test_slashes_are_tolerated_unless_switched(calls: PostHogCalls, admin: AdminClient) -> None:
    assert calls.get("persons").status_code == 200
    assert calls.http.delete("/api/projects/12345/", headers={"authorization": "Bearer phx_sim"}).status_code == 405
    assert calls.get("nothing/").status_code == 404
    admin.configure(requireTrailingSlash=True)
    answer = calls.get("persons", limit=5)
    assert (answer.status_code, answer.headers["location"]) == (301, "/api/projects/12345/persons/?limit=5")


def test_one_host_can_be_split_into_two(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.configure(hostRole="ingest")
    assert (calls.get().status_code, calls.batch(event()).status_code) == (404, 200)
    admin.configure(hostRole="app")
    assert (calls.get().status_code, calls.batch(event()).status_code) == (200, 404)


def test_a_page_of_persons_is_short_and_not_the_last(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.seed(persons(250))
    address, pages, seen = f"{calls.http.base_url}/api/projects/12345/persons/?limit=100", [], []
    while address:
        answer = calls.http.get(address.replace("//api", "/api"), headers={"authorization": "Bearer phx_sim"}).json()
        pages.append(len(answer["results"]))
        seen += [each["distinct_ids"][0] for each in answer["results"]]
        address = answer["next"]
    assert pages == [98, 98, 54]
    assert seen == [f"p{number}" for number in reversed(range(250))]


def test_pages_of_persons_are_full_without_the_trap_and_clamped(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.configure(personGhostEvery=0, pageLimitMaximum=150)
    admin.seed(persons(200))
    assert len(calls.get("persons/").json()["results"]) == 100
    answer = calls.get("persons/", limit=5000).json()
    assert len(answer["results"]) == 150
    assert answer["next"].endswith("/api/projects/12345/persons/?limit=150&offset=150")


def test_next_may_point_at_the_page_itself(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.configure(nextRepeatsFromPage=2)
    admin.seed(persons(30))
    assert "offset=10" in calls.get("persons/", limit=10).json()["next"]
    assert "offset=10" in calls.get("persons/", limit=10, offset=10).json()["next"]


def test_persons_are_found_by_id_email_and_text(calls: PostHogCalls, admin: AdminClient) -> None:
    first, second, *_ = persons(60)
    admin.seed([{**first, "properties": {"email": "Ada@x.y"}}, {**second, "properties": {"name": "Grace"}}])

    def found(**query: str) -> list[str]:
        return [each["distinct_ids"][0] for each in calls.get("persons/", **query).json()["results"]]

    assert (found(distinct_id="p1"), found(distinct_id="p9")) == (["p1"], [])
    assert (found(email="Ada@x.y"), found(search="grace"), found(search="ada@")) == (["p0"], ["p1"], ["p0"])
    assert calls.get("persons/", properties="[]").status_code == 400


def test_listing_events_clamps_in_silence_loses_ties_and_shows_a_day(calls: PostHogCalls, admin: AdminClient) -> None:
    admin.set_clock(now="2026-06-02T00:00:00Z", frozen=True)
    admin.call("POST", "generate", {"events": 2_500, "days": 1, "persons": 0, "late": 0})
    assert len(calls.get("events/", event="$pageview", limit=5000).json()["results"]) == 1000
    day = calls.get("events/", limit=1).json()["results"]
    assert day[0]["timestamp"] > "2026-06-01T23"
    address: str | None = "/api/projects/12345/events/?after=2026-06-01T00:00:00Z&limit=1000"
    seen: list[str] = []
    while address:
        answer = calls.http.get(address, headers={"authorization": "Bearer phx_sim"}).json()
        seen += [each["id"] for each in answer["results"]]
        address = answer["next"]
    assert len(seen) == len(set(seen))
    assert len(seen) < 2_500


def test_the_list_of_events_has_bounds(calls: PostHogCalls) -> None:
    assert calls.get("events/", offset=50_001).json()["attr"] == "offset"
    assert calls.get("events/", after="2020-01-01", before="2026-01-01").status_code == 400
    assert calls.get("events/", after="yesterday").status_code == 400


def test_state_outlives_the_process(tmp_path: Any) -> None:
    def start() -> RunningSimulator:
        return start_simulator("posthog", config={"ingestionDelaySeconds": 3600}, state_file=tmp_path / "state")

    with start() as simulator:
        simulator.admin.seed([event(1, properties={"$set": {"x": 1}})])
        calls = PostHogCalls(simulator.url)
        calls.batch(event(2))
        calls.http.close()
        before = [simulator.admin.dump(kind=kind) for kind in ("events", "persons", "pending")]
    with start() as simulator:
        assert [simulator.admin.dump(kind=kind) for kind in ("events", "persons", "pending")] == before
        assert [len(each) for each in before] == [1, 1, 1]
