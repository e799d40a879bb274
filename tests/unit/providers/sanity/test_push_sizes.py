import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.providers.contract import Accepted, Rejected
from integrations.providers.sanity.documents import ENVELOPE_BYTES
from tests.unit.providers.sanity.lake import Lake, outgoing


def test_a_request_that_is_too_large_goes_in_halves(provider, lake):
    def limited(request, number):
        return httpx.Response(413, text="too large") if len(request.content) > 2_000 else None

    lake.intercept = limited
    records = [outgoing(number, targets={"title": "x" * (1_950 if number == 5 else 100)}) for number in range(20)]
    outcomes = provider.push_batch(records, "job")
    assert [number for number, outcome in enumerate(outcomes) if isinstance(outcome, Rejected)] == [5]
    assert outcomes[5].code == "payload_too_large"


def test_a_record_beyond_what_the_service_takes_is_refused_alone_and_unsent(provider, lake):
    records = [outgoing(1), outgoing(2, targets={"body": "x" * 4_000_000})]
    outcomes = provider.push_batch(records, "job")
    assert isinstance(outcomes[0], Accepted)
    assert outcomes[1].code == "payload_too_large"
    assert len(lake.mutates) == 1


def test_a_record_larger_than_a_batch_goes_alone(provider, lake):
    records = [outgoing(1), outgoing(2, targets={"body": "x" * 2_000_000}), outgoing(3)]
    assert all(isinstance(outcome, Accepted) for outcome in provider.push_batch(records, "job"))
    assert [len(body["mutations"]) for body in lake.bodies()] == [2, 2, 2]


sizes = st.lists(st.integers(0, 400_000), max_size=12)


@given(sizes)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
def test_no_request_of_several_documents_exceeds_a_megabyte(open_provider, sizes):
    lake = Lake()
    provider = open_provider(lake)
    records = [outgoing(number, targets={"body": "é" * (size // 2)}) for number, size in enumerate(sizes)]
    assert all(isinstance(outcome, Accepted) for outcome in provider.push_batch(records, "job"))
    assert all(len(request.content) <= 1_000_000 for request in lake.mutates)


@given(sizes)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
def test_a_batch_within_the_limits_is_one_request(open_provider, sizes):
    lake = Lake()
    provider = open_provider(lake)
    batch, size = [], 0
    for number, length in enumerate(sizes):
        record = outgoing(number, targets={"body": "x" * length})
        if size + provider.measure(record) <= provider.batch_limits.bytes_maximum:
            batch.append(record)
            size += provider.measure(record)
    provider.push_batch(batch, "job")
    assert len(lake.mutates) == (1 if batch else 0)
    assert all(len(request.content) == ENVELOPE_BYTES + size - 1 for request in lake.mutates)
