import httpx
import pytest

from integrations.domain.errors import ReconnectRequired, RetryLater
from tests.unit.providers.loops.conftest import KEY


def test_a_contact_is_as_loops_gives_it(open_provider):
    contact = {"id": "c1", "email": "a@b.c", "mailingLists": {"l1": True}, "planName": "Pro"}
    provider = open_provider(lambda request: httpx.Response(200, json=[contact]))
    (record,) = provider.read_records(["email=a@b.c", "email=a@b.c"]).values()
    assert (record.external_id, record.remote_type, record.revision) == ("email=a@b.c", "contact", None)
    assert record.document == contact
    assert record.aliases == ()


def test_a_contact_is_known_by_its_user_id_and_by_its_address(open_provider):
    contact = {"id": "c1", "email": "A@b.c", "userId": "u1"}
    provider = open_provider(lambda request: httpx.Response(200, json=[contact]))
    by_id = provider.read_records(["userId=u1"])["userId=u1"]
    by_address = provider.read_records(["email=a@b.c"])["email=a@b.c"]
    assert (by_id.aliases, by_address.aliases) == (("email=a@b.c",), ("userId=u1",))
    assert by_id.known_as("email=a@b.c").document == contact


@pytest.mark.parametrize("answer", [{}, ["c1"], [None], "c1"])
def test_an_answer_that_cant_be_read_is_not_taken_for_absence(open_provider, answer):
    provider = open_provider(lambda request: httpx.Response(200, json=answer))
    with pytest.raises(RetryLater) as failed:
        provider.read_records(["userId=u1"])
    assert failed.value.code == "malformed_answer"


def test_a_refused_key_goes_before_what_may_pass_and_stops_the_rest(open_provider):
    asked = []

    def refuse(request):
        asked.append(request)
        return httpx.Response(401, json={"message": KEY})

    with pytest.raises(ReconnectRequired) as failed:
        open_provider(refuse).read_records([f"userId=u{number}" for number in range(100)])
    assert len(asked) <= 16
    assert KEY not in repr(failed.value)


@pytest.mark.parametrize(
    ("headers", "learnt"),
    [
        ({"x-ratelimit-limit": "10", "x-ratelimit-remaining": "3"}, [(10, 3)]),
        ({"x-ratelimit-remaining": "0"}, [(None, 0)]),
        ({"x-ratelimit-limit": "many", "x-ratelimit-remaining": "-1"}, []),
        ({}, []),
    ],
)
def test_what_the_headers_say_of_the_rate_is_passed_on(open_provider, headers, learnt):
    class Pacer:
        def __init__(self):
            self.said = []

        def wait_for_turn(self, limits, wait_seconds_maximum):
            assert [(limit.calls, limit.window_seconds) for limit in limits] == [(10, 1.0)]

        def hold_off(self, limits, seconds):
            raise AssertionError("nothing was refused")

        def learn(self, limit, *, calls, remaining):
            self.said.append((calls, remaining))

    pacer = Pacer()
    open_provider(lambda request: httpx.Response(200, json=[], headers=headers), pacer=pacer).read_records(["userId=u"])
    assert pacer.said == learnt
