"""Every fault, as a client meets it, and whether the request was handled in spite of it."""

import time
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from tests.simulators.admin_client import AdminClient, AdminError
from tests.simulators.tests.sanity_calls import SanityCalls

MUTATE = {"path": "/data/mutate/"}


def create(document_id: str) -> dict[str, Any]:
    return {"create": {"_id": document_id, "_type": "post"}}


def stored(admin: AdminClient) -> list[str]:
    return [document["_id"] for document in admin.dump()]


def test_a_reset_before_handling_leaves_nothing_behind(calls: SanityCalls, admin: AdminClient) -> None:
    admin.add_fault("reset_before", match=MUTATE)
    with pytest.raises(httpx.ReadError):
        calls.mutate(create("a"))
    assert stored(admin) == []
    assert calls.mutate(create("a")).status_code == 200


def test_the_second_mutate_request_loses_its_acknowledgement(calls: SanityCalls, admin: AdminClient) -> None:
    admin.add_fault("reset_after", match={**MUTATE, "nth": 2})
    assert calls.mutate(create("a")).status_code == 200
    assert calls.query("count(*[0...1])").status_code == 200
    with pytest.raises(httpx.ReadError):
        calls.mutate(create("b"), transaction_id="lost")
    assert stored(admin) == ["a", "b"]
    again = calls.mutate(create("b"), transaction_id="lost")
    assert (again.status_code, again.json()["error"]["type"]) == (409, "transactionAlreadyExistsError")


@pytest.mark.parametrize(
    ("kind", "error"), [("reset_mid_body", httpx.ReadError), ("truncated_body", httpx.RemoteProtocolError)]
)
def test_an_answer_breaks_off_after_the_request_was_handled(
    calls: SanityCalls, admin: AdminClient, kind: str, error: type[Exception]
) -> None:
    admin.add_fault(kind)
    with pytest.raises(error):
        calls.mutate(create("a"))
    assert stored(admin) == ["a"]


def test_an_answer_that_is_not_json_comes_with_a_good_status(calls: SanityCalls, admin: AdminClient) -> None:
    admin.add_fault("malformed_json")
    answer = calls.mutate(create("a"))
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"delimiter|Expecting|Unterminated"):
        answer.json()
    assert stored(admin) == ["a"]


def test_a_latent_request_is_handled_even_after_the_client_gave_up(calls: SanityCalls, admin: AdminClient) -> None:
    admin.add_fault("latency", delayMs=200)
    with pytest.raises(httpx.ReadTimeout):
        calls.http.post("/v2025-02-19/data/mutate/production", json={"mutations": [create("a")]}, timeout=0.05)
    assert stored(admin) == []
    time.sleep(0.3)
    assert stored(admin) == ["a"]


@pytest.mark.parametrize(("kind", "left"), [("hang_before", []), ("hang_after", ["a"])])
def test_a_hanging_request_never_answers(calls: SanityCalls, admin: AdminClient, kind: str, left: list[str]) -> None:
    admin.add_fault(kind, delayMs=150)
    started = time.perf_counter()
    with pytest.raises(httpx.ReadError):
        calls.mutate(create("a"))
    assert time.perf_counter() - started >= 0.15
    assert stored(admin) == left


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_status_comes_in_the_services_form_and_without_a_hint(
    calls: SanityCalls, admin: AdminClient, status: int
) -> None:
    admin.add_fault("status", status=status, count=2)
    for _ in range(2):
        answer = calls.mutate(create("a"))
        assert (answer.status_code, answer.json()["statusCode"]) == (status, status)
        assert "retry-after" not in answer.headers
    assert stored(admin) == []
    assert calls.mutate(create("a")).status_code == 200


def test_a_status_may_come_with_a_hint_in_seconds_or_as_a_date(calls: SanityCalls, admin: AdminClient) -> None:
    admin.add_fault("status", status=429, retryAfterSeconds=7)
    assert calls.query("count(*[0...1])").headers["retry-after"] == "7"
    admin.add_fault("status", status=503, retryAfterSeconds=60, retryAfterForm="date")
    moment = parsedate_to_datetime(calls.query("count(*[0...1])").headers["retry-after"])
    assert 55 < moment.timestamp() - time.time() <= 60


def test_a_failure_may_come_after_all_was_done(calls: SanityCalls, admin: AdminClient) -> None:
    admin.add_fault("status", status=500, applied=True)
    assert calls.mutate(create("a")).status_code == 500
    assert stored(admin) == ["a"]


def test_a_token_may_be_revoked_after_some_calls(calls: SanityCalls, admin: AdminClient) -> None:
    admin.add_fault("status", status=401, count=None, match={"nth": 3})
    statuses = [calls.query("count(*[0...1])").status_code for _ in range(5)]
    assert statuses == [200, 200, 401, 401, 401]
    assert len(admin.faults()) == 1
    admin.clear_faults()
    assert calls.query("count(*[0...1])").status_code == 200


def test_a_fault_hits_only_what_matches_method_path_and_body(calls: SanityCalls, admin: AdminClient) -> None:
    admin.add_fault("status", match={"method": "POST", "path": "mutate", "body": '"poison"'})
    assert calls.query("count(*[0...1])").status_code == 200
    assert calls.mutate(create("a")).status_code == 200
    assert calls.mutate(create("poison")).status_code == 500


def test_faults_add_up(calls: SanityCalls, admin: AdminClient) -> None:
    admin.add_fault("latency", delayMs=100)
    admin.add_fault("status", status=503)
    started = time.perf_counter()
    assert calls.mutate(create("a")).status_code == 503
    assert time.perf_counter() - started >= 0.1


@pytest.mark.parametrize("fault", [{"kind": "explosion"}, {"kind": "latency", "seconds": 5}])
def test_an_unknown_fault_is_refused(admin: AdminClient, fault: dict[str, Any]) -> None:
    with pytest.raises(AdminError, match="a fault has a kind of"):
        admin.add_fault(**fault)
