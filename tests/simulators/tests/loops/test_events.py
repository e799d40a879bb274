"""Events and their idempotency keys."""

from typing import Any

import pytest

from tests.simulators.admin_client import AdminClient
from tests.simulators.tests.loops.loops_calls import LoopsCalls, refusal

REUSED = "Idempotency key already used with a different request body."


def sent(admin: AdminClient) -> list[dict[str, Any]]:
    return list(admin.call("GET", "events")["events"])


def test_an_event_is_recorded_and_its_other_keys_change_the_contact(calls: LoopsCalls, admin: AdminClient) -> None:
    answer = calls.send(
        email="a@b.co", firstName="A", eventProperties={"plan": "pro", "n": 3}, mailingLists={"l1": True}
    )
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    contact = calls.contact(email="a@b.co")
    assert (contact["firstName"], contact["mailingLists"], "plan" in contact) == ("A", {"l1": True}, False)
    assert sent(admin) == [
        {
            "eventName": "signup",
            "eventProperties": {"plan": "pro", "n": 3},
            "contactId": contact["id"],
            "idempotencyKey": None,
        }
    ]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": ""}, "eventName is required."),
        ({"email": None}, "An email or userId is required."),
        ({"email": None, "userId": "u9"}, "Contact not found."),
        ({"eventProperties": [1]}, "eventProperties must be an object."),
        ({"eventProperties": {"a": {}}}, "a must be a string, number, boolean or date."),
        ({"eventProperties": {"a": "x" * 501}}, "a must be at most 500 characters."),
    ],
)
def test_an_event_that_is_not_right_is_refused_and_changes_nothing(
    calls: LoopsCalls, admin: AdminClient, fields: dict[str, Any], message: str
) -> None:
    assert refusal(calls.send(**{"email": "a@b.co", **fields})) == (400, message)
    assert (sent(admin), admin.dump()) == ([], [])


def test_a_key_works_once_whatever_the_body(calls: LoopsCalls, admin: AdminClient) -> None:
    assert calls.send(email="a@b.co", key="k").status_code == 200
    assert refusal(calls.send(email="a@b.co", key="k")) == (409, REUSED)
    assert refusal(calls.send(email="a@b.co", key="k", firstName="X")) == (409, REUSED)
    assert calls.send(email="a@b.co", key="k2").status_code == 200
    assert [event["idempotencyKey"] for event in sent(admin)] == ["k", "k2"]


def test_a_key_works_again_after_a_day(calls: LoopsCalls, admin: AdminClient) -> None:
    admin.set_clock(now="2026-01-01T00:00:00Z", frozen=True)
    calls.send(email="a@b.co", key="k")
    admin.set_clock(advanceSeconds=86_399)
    assert calls.send(email="a@b.co", key="k").status_code == 409
    admin.set_clock(advanceSeconds=1)
    assert calls.send(email="a@b.co", key="k").status_code == 200


def test_the_same_body_may_be_a_success_if_switched_and_is_recorded_once(calls: LoopsCalls, admin: AdminClient) -> None:
    admin.configure(sameBodyReplay="success")
    assert [calls.send(email="a@b.co", key="k").status_code for _ in range(2)] == [200, 200]
    assert calls.send(email="a@b.co", key="k", firstName="X").status_code == 409
    assert len(sent(admin)) == 1


def test_a_refused_event_uses_up_its_key_only_if_switched(calls: LoopsCalls, admin: AdminClient) -> None:
    assert calls.send("", email="a@b.co", key="k").status_code == 400
    assert calls.send(email="a@b.co", key="k").status_code == 200
    admin.configure(failuresBurnKeys=True)
    assert calls.send("", email="a@b.co", key="k2").status_code == 400
    assert calls.send(email="a@b.co", key="k2").status_code == 409


def test_a_key_has_at_most_a_hundred_characters(calls: LoopsCalls) -> None:
    assert calls.send(email="a@b.co", key="k" * 100).status_code == 200
    assert refusal(calls.send(email="a@b.co", key="k" * 101))[0] == 400


def test_a_lost_acknowledgement_shows_as_a_conflict_on_retry(calls: LoopsCalls, admin: AdminClient) -> None:
    admin.add_fault("status", status=503, applied=True, match={"path": "/events/send"})
    assert calls.send(email="a@b.co", key="k").status_code == 503
    assert calls.send(email="a@b.co", key="k").status_code == 409
    assert len(sent(admin)) == 1
