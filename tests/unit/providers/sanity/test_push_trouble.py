import httpx
import pytest

from integrations.domain.errors import (
    ConfigurationRefused,
    OutcomeUnknown,
    RateLimited,
    ReconnectRequired,
)
from tests.unit.providers.sanity.lake import outgoing


@pytest.mark.parametrize("failure", [httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError])
def test_silence_leaves_the_outcome_open_and_isnt_repeated(provider, lake, failure):
    def fall_silent(request, number):
        raise failure("silence", request=request)

    lake.intercept = fall_silent
    with pytest.raises(OutcomeUnknown):
        provider.push_batch([outgoing(1)], "job")
    assert len(lake.mutates) == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text=""),
        httpx.Response(200, text='{"transactionId":"abc","resu'),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"results": []}),
        httpx.Response(200, json={"transactionId": 5}),
    ],
)
def test_an_answer_that_cant_be_read_leaves_the_outcome_open(provider, lake, answer):
    lake.intercept = lambda request, number: answer
    with pytest.raises(OutcomeUnknown):
        provider.push_batch([outgoing(1)], "job")


def test_a_batch_that_went_through_in_part_is_of_unknown_outcome(provider, lake):
    def then_limited(request, number):
        return httpx.Response(429, headers={"retry-after": "600"}) if number > 1 else None

    lake.intercept = then_limited
    records = [outgoing(number, targets={"body": "x" * 900_000}) for number in range(2)]
    with pytest.raises(OutcomeUnknown) as failed:
        provider.push_batch(records, "job")
    assert failed.value.retry_after_seconds == 600.0
    assert len(lake.documents) == 1


def test_a_long_retry_after_is_handed_on(provider, lake, time):
    lake.intercept = lambda request, number: httpx.Response(429, headers={"retry-after": "3600"})
    with pytest.raises(RateLimited) as failed:
        provider.push_batch([outgoing(1)], "job")
    assert failed.value.retry_after_seconds == 3_600.0
    assert len(lake.mutates) == 1
    assert time.slept == []


def test_refused_credentials_stop_at_once(provider, lake):
    lake.intercept = lambda request, number: httpx.Response(
        401,
        json={"statusCode": 401, "error": "Unauthorized", "message": "Session not found", "errorCode": "SIO-401-ANF"},
    )
    with pytest.raises(ReconnectRequired):
        provider.push_batch([outgoing(number) for number in range(10)], "job")
    assert len(lake.mutates) == 1


def test_a_missing_dataset_is_the_configurations_fault(provider, lake):
    lake.intercept = lambda request, number: httpx.Response(
        404, json={"statusCode": 404, "error": "Not Found", "message": "Dataset not found"}
    )
    with pytest.raises(ConfigurationRefused) as failed:
        provider.push_batch([outgoing(1)], "job")
    assert failed.value.code == "dataset_not_found"


def test_mutations_keep_to_25_a_second(provider, lake, time):
    for number in range(60):
        provider.push_batch([outgoing(number)], "job")
    assert time.now == pytest.approx(1_002.1)  # two windows of a second and a margin of 50 ms each
