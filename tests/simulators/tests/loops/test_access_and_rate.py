"""Keys, routes, bodies, and ten requests a second."""

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.simulators.admin_client import AdminClient
from tests.simulators.loops.rate import TeamRate
from tests.simulators.process import RunningSimulator
from tests.simulators.tests.loops.loops_calls import LoopsCalls, refusal


@pytest.fixture
def second_key(loops: RunningSimulator) -> Iterator[LoopsCalls]:
    calls = LoopsCalls(loops.url, "second")
    yield calls
    calls.http.close()


def test_a_key_names_its_team(calls: LoopsCalls) -> None:
    assert calls.http.get("/api-key").json() == {"success": True, "teamName": "Acme"}


@pytest.mark.parametrize("key", ["wrong", "", None, "key more"])
@pytest.mark.parametrize("path", ["/api-key", "/contacts/find?email=a@b.co", "/lists"])
def test_an_unknown_key_is_refused_on_every_path(loops: RunningSimulator, key: str | None, path: str) -> None:
    calls = LoopsCalls(loops.url, key)
    answer = calls.http.get(path)
    assert answer.status_code == 401
    assert answer.json() == {"success": False, "message": "Invalid API key", "error": "Invalid API key"}
    calls.http.close()


def test_a_wrong_method_is_405_and_an_unknown_path_404(calls: LoopsCalls, admin: AdminClient) -> None:
    assert refusal(calls.http.post("/contacts/update", json={}))[0] == 405
    admin.configure(methodRefusalBody=False)
    assert (calls.http.put("/lists").status_code, calls.http.put("/lists").content) == (405, b"")
    assert refusal(calls.http.get("/contacts"))[0] == 404


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"'])
def test_a_body_must_be_a_json_object(calls: LoopsCalls, content: bytes) -> None:
    assert refusal(calls.http.post("/contacts/create", content=content))[0] == 400


def test_the_eleventh_request_of_a_second_is_refused_for_the_team_whatever_the_key(
    calls: LoopsCalls, second_key: LoopsCalls, admin: AdminClient
) -> None:
    admin.configure(rateLimits=True)
    answers = [(calls, second_key)[number % 2].http.get("/api-key") for number in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == [*map(str, range(9, -1, -1)), "0"]
    assert {answer.headers["x-ratelimit-limit"] for answer in answers} == {"10"}
    assert refusal(answers[-1]) == (429, "Rate limit exceeded.")
    assert "retry-after" not in answers[-1].headers
    time.sleep(1.0)
    assert second_key.http.get("/api-key").status_code == 200


def test_every_answer_to_the_team_says_how_much_is_left(calls: LoopsCalls) -> None:
    for answer in (calls.create("nobody"), calls.http.put("/lists"), calls.http.get("/none"), calls.create("a@b.co")):
        assert {"x-ratelimit-limit", "x-ratelimit-remaining"} <= set(answer.headers)


def test_a_refusal_says_when_to_come_back_only_if_switched(calls: LoopsCalls, admin: AdminClient) -> None:
    admin.configure(rateLimits=True, requestsPerSecond=0, retryAfterSeconds=2)
    assert calls.http.get("/api-key").headers["retry-after"] == "2"


def test_the_window_slides_and_what_was_refused_counts_only_if_switched() -> None:
    rate = TeamRate()
    assert [rate.arrive(at, 2, refused_count=False) for at in (0.0, 0.875, 0.9375, 1.0, 1.5, 1.875)] == [
        1,
        0,
        -1,
        0,
        -1,
        0,
    ]
    harsh = TeamRate()
    assert [harsh.arrive(at, 1, refused_count=True) for at in (0.0, 0.9, 1.5, 2.6)] == [0, -1, -1, 0]


def test_a_request_that_was_held_up_counts_in_the_second_in_which_it_came() -> None:
    rate = TeamRate()
    assert [rate.arrive(at, 1, refused_count=False) for at in (5.0, 3.0, 5.5, 3.5)] == [0, 0, -1, -1]


def test_an_ordered_429_looks_like_the_real_one(calls: LoopsCalls, admin: AdminClient) -> None:
    admin.add_fault("status", status=429)
    answer = calls.http.get("/api-key")
    assert refusal(answer) == (429, "Rate limit exceeded.")
    assert (answer.headers["x-ratelimit-limit"], answer.headers["x-ratelimit-remaining"]) == ("10", "0")
    assert "retry-after" not in answer.headers


def test_a_key_can_be_revoked_after_some_calls_and_a_connection_reset(calls: LoopsCalls, admin: AdminClient) -> None:
    admin.add_fault("status", status=401, count=None, match={"nth": 2})
    assert [calls.http.get("/api-key").status_code for _ in range(3)] == [200, 401, 401]
    admin.clear_faults()
    admin.add_fault("reset_after", match={"path": "/contacts/update"})
    with pytest.raises(httpx.ReadError):
        calls.update(email="a@b.co")
    assert [contact["email"] for contact in admin.dump()] == ["a@b.co"]
