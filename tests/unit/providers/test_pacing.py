import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.domain.errors import RateLimited
from integrations.providers.pacing import RateLimit, SlidingWindowPacer
from tests.unit.providers.surroundings import FakeTime

MUTATIONS = RateLimit("mutations", 25, 1.0)
REQUESTS = RateLimit("requests", 500, 1.0)


def pacer_at(time, margin=0.0):
    return SlidingWindowPacer(time, time.sleep, margin_seconds=margin)


def test_the_rate_is_used_fully_and_not_exceeded():
    time = FakeTime(now=0.0)
    pacer = pacer_at(time)
    turns = []
    for _ in range(100):
        pacer.wait_for_turn((MUTATIONS, REQUESTS), 60.0)
        turns.append(time.now)
    assert turns[-1] == 3.0  # 25 at 0 s, 1 s, 2 s and 3 s
    assert all(later - earlier >= 1.0 for earlier, later in zip(turns, turns[25:], strict=False))


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 0.3)), max_size=200))
def test_no_window_ever_holds_more_than_its_limit(calls):
    few, many = RateLimit("few", 3, 1.0), RateLimit("many", 7, 1.0)
    time = FakeTime(now=0.0)
    pacer = pacer_at(time)
    turns = {"few": [], "many": []}
    for counts_against_both, pause in calls:
        time.now += pause
        limits = (few, many) if counts_against_both else (many,)
        pacer.wait_for_turn(limits, 1_000.0)
        for limit in limits:
            turns[limit.name].append(time.now)
    for limit in (few, many):
        for earlier, later in zip(turns[limit.name], turns[limit.name][limit.calls :], strict=False):
            assert later - earlier >= limit.window_seconds - 1e-9


def test_a_turn_beyond_the_time_left_is_refused_with_the_wait_and_not_taken():
    time = FakeTime(now=0.0)
    pacer = pacer_at(time)
    one = RateLimit("one", 1, 10.0)
    pacer.wait_for_turn((one,), 1.0)
    with pytest.raises(RateLimited) as refused:
        pacer.wait_for_turn((one,), 1.0)
    assert refused.value.retry_after_seconds == 10.0
    time.now = 10.0
    pacer.wait_for_turn((one,), 0.0)
    assert time.slept == []


def test_holding_off_closes_the_window_and_is_never_shortened():
    time = FakeTime(now=0.0)
    pacer = pacer_at(time)
    pacer.hold_off((MUTATIONS,), 5.0)
    pacer.hold_off((MUTATIONS,), 1.0)
    pacer.wait_for_turn((MUTATIONS, REQUESTS), 60.0)
    assert time.now == 5.0


def test_limits_of_other_names_dont_slow_each_other():
    time = FakeTime(now=0.0)
    pacer = pacer_at(time)
    pacer.hold_off((MUTATIONS,), 5.0)
    pacer.wait_for_turn((REQUESTS,), 60.0)
    assert time.now == 0.0


def test_the_margin_widens_the_window():
    time = FakeTime(now=0.0)
    pacer = pacer_at(time, margin=0.02)
    one = RateLimit("one", 1, 1.0)
    pacer.wait_for_turn((one,), 60.0)
    pacer.wait_for_turn((one,), 60.0)
    assert time.now == pytest.approx(1.02)
