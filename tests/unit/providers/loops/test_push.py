import json
import threading
from time import sleep

import httpx
import pytest

from integrations.domain.errors import OutcomeUnknown, RateLimited, ReconnectRequired, RetryLater
from integrations.providers.contract import Accepted, Rejected
from tests.unit.providers.loops.conftest import KEY, outgoing

SUCCESS = {"success": True, "id": "c1"}


class Team:
    """Answers updates by the number of the contact (`of`), else with success; every other path with its answer."""

    def __init__(self, of=None, **answers):
        self.of, self.answers = of or {}, answers
        self.requests = []

    def __call__(self, request):
        self.requests.append(request)
        path = request.url.path.rpartition("/")[2]
        if path in self.answers:
            return httpx.Response(200, json=self.answers[path])
        number = int(json.loads(request.content)["email"].partition("@")[0][1:])
        answer = self.of.get(number, httpx.Response(200, json=SUCCESS))
        if isinstance(answer, type):
            raise answer("silence", request=request)
        return answer

    def bodies(self):
        return [json.loads(request.content) for request in self.requests if request.content]


def push(provider, *records):
    return list(provider.push_batch(records, "job"))


def test_a_contact_is_one_request_with_the_key(open_provider):
    team = Team()
    assert push(open_provider(team), outgoing(1)) == [Accepted("customer-1")]
    (request,) = team.requests
    assert (request.method, request.url.path) == ("PUT", "/api/v1/contacts/update")
    assert request.headers["host"] == "app.loops.so"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert team.bodies() == [{"email": "p1@example.com"}]


def test_outcomes_keep_the_order_of_the_records_whichever_answers_first(open_provider):
    def slow_first(request):
        number = int(json.loads(request.content)["email"].partition("@")[0][1:])
        sleep(0.02 if number == 0 else 0)
        return httpx.Response(400 if number % 2 else 200, json=SUCCESS)

    outcomes = push(open_provider(slow_first), *(outgoing(number) for number in range(10)))
    assert [outcome.entity_id for outcome in outcomes] == [f"customer-{number}" for number in range(10)]
    assert [isinstance(outcome, Rejected) for outcome in outcomes] == [False, True] * 5


def test_no_more_than_eight_requests_are_under_way(open_provider):
    under_way, most, lock = [0], [0], threading.Lock()

    def count(request):
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        sleep(0.005)
        with lock:
            under_way[0] -= 1
        return httpx.Response(200, json=SUCCESS)

    push(open_provider(count), *(outgoing(number) for number in range(10)))
    assert 1 < most[0] <= 8


@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.ReadTimeout, httpx.Response(200, content=b"<html>")])
def test_a_failure_at_one_contact_is_transient_where_others_were_taken(open_provider, answer):
    outcomes = push(open_provider(Team({1: answer})), *(outgoing(number) for number in range(3)))
    assert [type(outcome) for outcome in outcomes] == [Accepted, Rejected, Accepted]
    assert outcomes[1].transient


@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.ReadTimeout, httpx.Response(200, json={})])
def test_a_service_that_fails_at_every_contact_leaves_the_batch_open(open_provider, answer):
    records = [outgoing(0), outgoing(1), outgoing(2, targets={"firstName": "Nobody"})]
    with pytest.raises(OutcomeUnknown):
        push(open_provider(Team({0: answer, 1: answer})), *records)


@pytest.mark.parametrize("answer", [httpx.Response(503), httpx.ConnectError])
def test_a_service_that_is_away_took_nothing(open_provider, answer):
    with pytest.raises(RetryLater) as failed:
        push(open_provider(Team({0: answer, 1: answer})), outgoing(0), outgoing(1))
    assert type(failed.value) is RetryLater


def test_a_used_up_rate_is_the_whole_batchs_and_its_longest_wait_is_handed_on(open_provider):
    limited = {number: httpx.Response(429, headers={"retry-after": str(90 + number)}) for number in range(2)}
    with pytest.raises(RateLimited) as failed:
        push(open_provider(Team(limited)), outgoing(0), outgoing(1))
    assert failed.value.retry_after_seconds >= 90
    with pytest.raises(OutcomeUnknown) as failed:
        push(open_provider(Team({7: limited[1]})), *(outgoing(number) for number in range(8)))
    assert failed.value.retry_after_seconds == 91


def test_a_revoked_key_goes_before_all_that_may_pass(open_provider):
    with pytest.raises(ReconnectRequired):
        push(open_provider(Team({0: httpx.Response(500), 1: httpx.Response(401)})), outgoing(0), outgoing(1))


def test_what_loops_has_is_looked_up_by_user_id_then_by_address(open_provider):
    team = Team(find=[])
    record = outgoing(1, targets={"email": "p1@example.com", "userId": "u1"}, known=True)
    (outcome,) = push(open_provider(team), record)
    assert outcome.code == "contact_deleted"
    assert [dict(request.url.params) for request in team.requests] == [{"userId": "u1"}, {"email": "p1@example.com"}]


def test_a_look_that_fails_says_nothing_of_the_contact(open_provider):
    provider = open_provider(lambda request: httpx.Response(500))
    with pytest.raises(RetryLater) as failed:
        push(provider, outgoing(1, known=True))
    assert not isinstance(failed.value, OutcomeUnknown)


def test_an_address_that_is_none_is_refused_with_loops_words(open_provider):
    provider = open_provider(lambda request: httpx.Response(400, json={"message": "Invalid email address."}))
    (outcome,) = push(provider, outgoing(1, known=True))
    assert (outcome.code, "Invalid email address." in outcome.message) == ("contact_refused", True)
