import gzip
import logging

import httpx
import pytest
from pydantic import SecretStr

from integrations.domain.errors import (
    ConfigurationRefused,
    OutcomeUnknown,
    PayloadTooLarge,
    RateLimited,
    RetryLater,
    ServiceError,
)
from integrations.providers.addresses import parse_origin
from integrations.providers.calls import ServiceCall
from integrations.providers.http import ServiceClient
from integrations.providers.pacing import RateLimit
from integrations.providers.retries import Repeatable
from tests.unit.providers.surroundings import FakeResolver, FakeTime, settings_with

TOKEN = "sk-very-secret"
ALL_REPEATABLE = tuple(Repeatable)


class Service:
    """Answers with each of its answers in turn, the last one for ever; an exception is raised."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []

    def __call__(self, request):
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, type):
            raise answer("it broke, with " + TOKEN, request=request)
        return answer


@pytest.fixture
def time():
    return FakeTime()


def client(service, time, **changes):
    settings = settings_with(service, time, **changes)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    origin = parse_origin("https://api.example.com")
    return ServiceClient("Example", origin, ("api.example.com",), settings, headers=headers, secrets=[SecretStr(TOKEN)])


def call(repeatable=Repeatable.ALWAYS, **changes):
    return ServiceCall("query", "GET", "/v1/query?q=secret+thing", repeatable=repeatable, **changes)


def test_an_answer_of_any_status_is_handed_back(time):
    for status in (200, 301, 400, 401, 404, 500):
        service = Service(httpx.Response(status, json={"a": 1}))
        answer = client(service, time).send(call(), time.now + 60)
        assert (answer.status, answer.json()) == (status, {"a": 1})
        assert len(service.requests) == 1


def test_redirects_are_not_followed(time):
    service = Service(httpx.Response(302, headers={"location": "http://169.254.169.254/latest/meta-data"}))
    assert client(service, time).send(call(), time.now + 60).status == 302
    assert len(service.requests) == 1


def test_proxy_variables_and_netrc_are_ignored(time, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password somewhere")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NETRC", str(netrc))
    service = Service(httpx.Response(200, json={}))
    client(service, time).send(call(), time.now + 60)
    assert service.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_an_address_that_is_neither_own_nor_listed_is_refused_before_any_call(time):
    settings = settings_with(Service(httpx.Response(200)), time)
    with pytest.raises(ConfigurationRefused):
        ServiceClient("Example", parse_origin("https://evil.example"), ("api.example.com",), settings, headers={})


def test_an_address_that_resolves_inwards_is_refused_before_any_call(time):
    service = Service(httpx.Response(200))
    with pytest.raises(ConfigurationRefused, match="private network"):
        client(service, time, resolve=FakeResolver([["169.254.169.254"]])).send(call(), time.now + 60)
    assert service.requests == []


@pytest.mark.parametrize("repeatable", ALL_REPEATABLE)
@pytest.mark.parametrize("failure", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
def test_what_was_never_sent_is_repeated(time, failure, repeatable):
    service = Service(failure, failure, httpx.Response(200))
    assert client(service, time).send(call(repeatable), time.now + 60).status == 200
    assert time.slept == [0.25, 0.5]


@pytest.mark.parametrize("repeatable", ALL_REPEATABLE)
def test_what_could_never_be_sent_may_be_tried_later(time, repeatable):
    service = Service(httpx.ConnectError)
    with pytest.raises(RetryLater) as failed:
        client(service, time).send(call(repeatable), time.now + 60)
    assert not isinstance(failed.value, OutcomeUnknown)
    assert failed.value.code == "service_unreachable"
    assert len(service.requests) == 5


@pytest.mark.parametrize("repeatable", [Repeatable.WHEN_ANSWERED, Repeatable.WHEN_NOT_APPLIED])
@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (httpx.ReadTimeout, "service_timeout"),
        (httpx.WriteTimeout, "service_timeout"),
        (httpx.ReadError, "connection_lost"),
        (httpx.WriteError, "connection_lost"),
        (httpx.RemoteProtocolError, "connection_lost"),
    ],
)
def test_a_change_without_an_answer_is_not_repeated_and_its_outcome_unknown(time, failure, code, repeatable):
    service = Service(failure)
    with pytest.raises(OutcomeUnknown) as failed:
        client(service, time).send(call(repeatable), time.now + 60)
    assert failed.value.code == code
    assert len(service.requests) == 1


@pytest.mark.parametrize("failure", [httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError])
def test_a_reading_without_an_answer_is_repeated(time, failure):
    service = Service(failure, httpx.Response(200))
    assert client(service, time).send(call(), time.now + 60).status == 200


def test_a_change_that_may_have_been_applied_stays_of_unknown_outcome(time):
    service = Service(httpx.Response(502), httpx.ConnectError)
    with pytest.raises(OutcomeUnknown):
        client(service, time).send(call(Repeatable.WHEN_ANSWERED), time.now + 60)
    service = Service(httpx.Response(502), httpx.Response(409))
    assert client(service, time).send(call(Repeatable.WHEN_ANSWERED), time.now + 60).earlier_unknown
    service = Service(httpx.Response(503), httpx.Response(409))
    assert not client(service, time).send(call(Repeatable.WHEN_ANSWERED), time.now + 60).earlier_unknown


def test_an_idempotent_change_is_repeated_after_silence_and_left_open_where_it_stays_silent(time):
    once = Service(httpx.ReadTimeout, httpx.Response(200))
    assert client(once, time).send(call(Repeatable.IDEMPOTENT), time.now + 60).status == 200
    service = Service(httpx.ReadTimeout)
    with pytest.raises(OutcomeUnknown):
        client(service, time).send(call(Repeatable.IDEMPOTENT), time.now + 60)
    assert len(service.requests) == 5


def test_attempts_are_bounded(time):
    service = Service(httpx.Response(503))
    assert client(service, time).send(call(), time.now + 3_600).status == 503
    assert len(service.requests) == 5
    assert time.slept == [0.25, 0.5, 1.0, 2.0]
    service.requests.clear()
    client(service, time).send(call(attempts_maximum=1), time.now + 3_600)
    assert len(service.requests) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_waited_for_where_there_is_time(time, status):
    service = Service(httpx.Response(status, headers={"retry-after": "7"}), httpx.Response(200))
    assert client(service, time).send(call(), time.now + 60).status == 200
    assert time.slept == [7.0]


def test_retry_after_as_a_date_is_measured_by_the_clock(time):
    service = Service(
        httpx.Response(429, headers={"retry-after": "Thu, 01 Jan 2026 00:00:09 GMT"}), httpx.Response(200)
    )
    client(service, time).send(call(), time.now + 60)
    assert time.slept == [9.0]


def test_a_retry_after_beyond_the_time_left_is_handed_back_unshortened(time):
    service = Service(httpx.Response(429, headers={"retry-after": "3600"}))
    answer = client(service, time).send(call(), time.now + 60)
    assert (answer.status, answer.retry_after_seconds) == (429, 3_600.0)
    assert len(service.requests) == 1
    assert time.slept == []


def test_a_refusal_for_the_rate_holds_off_the_other_calls_too(time):
    limit = RateLimit("all", 10, 1.0)
    service = Service(httpx.Response(429, headers={"retry-after": "3600"}))
    one = client(service, time)
    one.send(call(limits=(limit,)), time.now + 60)
    with pytest.raises(RateLimited) as refused:
        one.send(call(limits=(limit,)), time.now + 60)
    assert refused.value.retry_after_seconds == 3_600.0
    assert len(service.requests) == 1


def test_without_a_hint_the_limits_window_is_waited_for(time):
    service = Service(httpx.Response(429), httpx.Response(200))
    client(service, time).send(call(limits=(RateLimit("all", 10, 1.0),)), time.now + 60)
    assert time.slept == [1.25]


def test_nothing_is_sent_after_the_deadline(time):
    service = Service(httpx.Response(200))
    with pytest.raises(RetryLater) as failed:
        client(service, time).send(call(), time.now)
    assert failed.value.code == "out_of_time"
    assert service.requests == []


def test_waits_never_pass_the_deadline(time):
    service = Service(httpx.Response(503))
    assert client(service, time).send(call(), time.now + 1.0).status == 503
    assert time.slept == [0.25, 0.5]


def test_the_steps_of_a_call_share_the_time_that_is_left(time):
    service = Service(httpx.Response(200))
    client(service, time).send(call(), time.now + 10.0)
    timeouts = service.requests[0].extensions["timeout"]
    assert (timeouts.get("connect"), timeouts.get("read"), timeouts.get("write")) == (2.5, 10.0, 10.0)
    time.now += 8.0
    assert (timeouts.get("connect"), timeouts.get("read")) == (0.5, 2.0)
    assert timeouts.get("nothing") is None


def test_no_step_takes_longer_than_the_setting(time):
    service = Service(httpx.Response(200))
    client(service, time, service_timeout_seconds=20.0).send(call(), time.now + 3_600.0)
    timeouts = service.requests[0].extensions["timeout"]
    assert (timeouts.get("connect"), timeouts.get("pool"), timeouts.get("read")) == (5.0, 5.0, 20.0)


def test_an_answer_that_is_too_large_is_left_unread(time):
    read = []

    def endless():
        while True:
            read.append(1)
            yield b"x" * 1_000

    service = Service(httpx.Response(200, content=endless()))
    with pytest.raises(PayloadTooLarge, match="10,000 bytes"):
        client(service, time, response_bytes_maximum=10_000).send(call(), time.now + 60)
    assert len(read) <= 100


def test_the_limit_counts_unpacked_bytes(time):
    packed = gzip.compress(b"x" * 100_000)
    service = Service(httpx.Response(200, content=iter([packed]), headers={"content-encoding": "gzip"}))
    with pytest.raises(PayloadTooLarge):
        client(service, time, response_bytes_maximum=10_000).send(call(), time.now + 60)


def test_an_answer_that_arrives_too_slowly_is_given_up(time):
    def dripping():
        while True:
            time.now += 20.0
            yield b"x"

    service = Service(httpx.Response(200, content=dripping()))
    with pytest.raises(RetryLater) as failed:
        client(service, time).send(call(), time.now + 60)
    assert failed.value.code == "service_timeout"


def test_broken_compression_is_a_broken_answer(time):
    service = Service(httpx.Response(200, content=iter([b"not gzip"]), headers={"content-encoding": "gzip"}))
    with pytest.raises(RetryLater) as failed:
        client(service, time).send(call(attempts_maximum=1), time.now + 60)
    assert failed.value.code == "connection_lost"


def test_nothing_secret_reaches_errors_or_logs(time, caplog):
    caplog.set_level(logging.DEBUG)
    failures = (httpx.ReadTimeout, httpx.ConnectError, httpx.Response(503))
    for failure in failures:
        service = Service(failure, failure, failure, failure, httpx.ReadError)
        with pytest.raises(ServiceError) as failed:
            client(service, time).send(call(Repeatable.ALWAYS), time.now + 60)
        assert TOKEN not in f"{failed.value!r} {failed.value} {failed.value.__cause__!r} {failed.value.__context__!r}"
    client(Service(httpx.Response(200)), time).send(call(), time.now + 60)
    logged = " ".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    assert "HTTP Request: GET" in logged
    assert "answered 503" in logged
    assert TOKEN not in logged
    assert "secret" not in logged


def test_secrets_are_taken_out_of_texts(time):
    one = client(Service(httpx.Response(200)), time)
    assert one.redact(f"you sent Bearer {TOKEN}!") == "you sent Bearer [secret]!"
