"""Pacers that share their budgets, each standing for one process; a sleep is all that passes the time."""

from bisect import bisect_left

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.domain.budget import Budget
from integrations.domain.errors import RateLimited
from integrations.providers.pacing import RateLimit
from integrations.providers.shared_pacer import SharedPacer, SharedPacers, Timing
from tests.fakes.budgets import FakeBudgets
from tests.unit.providers.surroundings import FakeTime

LOOPS = RateLimit("loops", 10, 1.0)
MUTATIONS = RateLimit("mutations", 25, 1.0)
REQUESTS = RateLimit("requests", 500, 1.0)
MINUTE = RateLimit("minute", 240, 60.0)
HOUR = RateLimit("hour", 2_400, 3_600.0)


class SlowBudgets(FakeBudgets):
    """Each call takes as long as `seconds` say, the last of them for ever."""

    def __init__(self, time: FakeTime, *seconds: float) -> None:
        super().__init__()
        self.time, self.seconds = time, list(seconds)

    def replace(self, *call, **named):
        self.time.now += self.seconds.pop(0) if len(self.seconds) > 1 else self.seconds[0]
        return super().replace(*call, **named)


def pacers_at(time, count=1, budgets=None):
    budgets = budgets if budgets is not None else FakeBudgets()
    timing = Timing(time, time, time.sleep, lambda: 0.5)
    return [SharedPacer("holder", budgets, timing) for _ in range(count)]


def most_in_a_window(times, seconds):
    return max(bisect_left(times, time + seconds - 1e-6) - place for place, time in enumerate(times))


def used(pacers, limits, calls, time):
    """When each of the calls left, the pacers taking turns."""
    times = []
    for number in range(calls):
        pacers[number % len(pacers)].wait_for_turn(limits, 1e6)
        times.append(time.now)
    return times


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize(("limits", "calls"), [((LOOPS,), 200), ((MUTATIONS, REQUESTS), 500), ((MINUTE, HOUR), 3_000)])
def test_pacers_share_the_rate_and_never_exceed_it(count, limits, calls):
    time = FakeTime(now=1_000_000.0)
    times = used(pacers_at(time, count), limits, calls, time)
    assert times == sorted(times)
    for limit in limits:
        assert most_in_a_window(times, limit.window_seconds) <= limit.calls


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.floats(0, 0.3)), max_size=150))
def test_no_window_holds_more_than_its_limit_whoever_calls_and_when(calls):
    few, more = RateLimit("few", 3, 1.0), RateLimit("more", 7, 2.0)
    time = FakeTime(now=1_000_000.0)
    pacers = pacers_at(time, 4)
    times = {few: [], more: []}
    for worker, counts_against_both, pause in calls:
        time.now += pause
        limits = (few, more) if counts_against_both else (more,)
        pacers[worker].wait_for_turn(limits, 1e6)
        for limit in limits:
            times[limit].append(time.now)
    for limit, found in times.items():
        assert not found or most_in_a_window(found, limit.window_seconds) <= limit.calls


@pytest.mark.parametrize("limits", [(LOOPS,), (MUTATIONS,), (REQUESTS,), (MUTATIONS, REQUESTS)])
def test_one_that_keeps_up_uses_95_percent_of_the_rate_with_a_write_a_second(limits):
    time, budgets = FakeTime(now=1_000_000.0), FakeBudgets()
    times = used(pacers_at(time, 1, budgets), limits, 40 * limits[0].calls, time)
    seconds = times[-1] - times[0]
    assert 40 * limits[0].calls >= 0.95 * limits[0].calls * seconds
    assert budgets.replaced / seconds <= 1.3 * len(limits)


def test_lone_calls_leave_at_once_and_take_no_more_than_their_own_turn():
    time, budgets = FakeTime(now=1_000_000.0), FakeBudgets()
    [pacer] = pacers_at(time, 1, budgets)
    for call in range(1, 6):
        pacer.wait_for_turn((LOOPS,), 0.0)
        assert sum(budgets.stored["holder", "loops/1s"].counts) == min(call, 3)
        time.now += 0.4
    assert time.slept == []


def test_turns_held_are_used_without_a_look_at_the_table():
    time, budgets = FakeTime(now=1_000_000.0), FakeBudgets()
    pacers = pacers_at(time, 1, budgets)
    used(pacers, (LOOPS,), 7, time)
    assert budgets.replaced == 3  # 1, 2 and 4 turns


def test_a_turn_that_came_too_early_is_not_used_late_and_is_given_back():
    time, budgets = FakeTime(now=1_000_000.0), FakeBudgets()
    pacers = pacers_at(time, 1, budgets)
    used(pacers, (LOOPS,), 4, time)  # of 1 + 2 + 4 turns
    time.now += 0.25  # two of the three left have gone by
    used(pacers, (LOOPS,), 2, time)
    assert sum(budgets.stored["holder", "loops/1s"].counts) <= 7


def test_a_turn_beyond_the_time_left_is_refused_with_the_wait_and_not_taken():
    time, budgets = FakeTime(now=1_000_000.0), FakeBudgets()
    first, second = pacers_at(time, 2, budgets)
    one, ten = RateLimit("one", 1, 100.0), RateLimit("ten", 10, 10.0)
    first.wait_for_turn((one,), 0.0)
    with pytest.raises(RateLimited, match="is possible in") as refused:
        second.wait_for_turn((ten, one), 5.0)
    assert refused.value.retry_after_seconds == pytest.approx(103, abs=1.1)
    assert ("holder", "ten/10s") not in budgets.stored
    time.now += refused.value.retry_after_seconds
    second.wait_for_turn((ten, one), 0.0)


def test_holding_off_closes_the_limit_for_all_and_is_never_shortened():
    time = FakeTime(now=1_000_000.0)
    first, second = pacers_at(time, 2)
    first.hold_off((LOOPS,), 5.0)
    second.hold_off((LOOPS,), 1.0)
    for pacer in (second, first):
        with pytest.raises(RateLimited) as refused:
            pacer.wait_for_turn((LOOPS,), 4.9)
        assert refused.value.retry_after_seconds == pytest.approx(5.0)
    second.wait_for_turn((REQUESTS,), 0.0)


def test_turns_held_dont_outlive_a_hold_off():
    time = FakeTime(now=1_000_000.0)
    pacers = pacers_at(time)
    used(pacers, (LOOPS,), 4, time)
    pacers[0].hold_off((LOOPS,), 5.0)
    held_off = time.now
    pacers[0].wait_for_turn((LOOPS,), 60.0)
    assert time.now == pytest.approx(held_off + 5.0)


def test_what_the_service_allows_is_learnt_once_and_by_all():
    time, budgets = FakeTime(now=1_000_000.0), FakeBudgets()
    first, second = pacers_at(time, 2, budgets)
    for _ in range(3):
        first.learn(LOOPS, calls=2, remaining=1)
    second.learn(LOOPS, calls=2, remaining=1)
    assert budgets.stored["holder", "loops/1s"].calls == 2
    assert budgets.replaced == 2
    times = used([first, second], (LOOPS,), 10, time)
    assert most_in_a_window(times, 1.0) == 2


def test_what_is_no_limit_is_not_learnt():
    budgets = FakeBudgets()
    [pacer] = pacers_at(FakeTime(), 1, budgets)
    pacer.learn(LOOPS, calls=0, remaining=None)
    pacer.learn(LOOPS, calls=None, remaining=5)
    pacer.learn(LOOPS, calls=10, remaining=5)
    assert budgets.stored == {}


def test_where_nothing_remains_a_call_follows_only_when_one_of_all_workers_has_left_the_window():
    time = FakeTime(now=1_000_000.0)
    first, second = pacers_at(time, 2)
    first.wait_for_turn((LOOPS,), 0.0)
    time.now += 0.6
    second.wait_for_turn((LOOPS,), 0.0)
    second.learn(LOOPS, calls=10, remaining=0)
    second.wait_for_turn((LOOPS,), 60.0)
    assert time.now == pytest.approx(1_000_001.05, abs=0.011)


def test_without_the_table_calls_pass_at_the_rate_of_one_process():
    time, budgets = FakeTime(now=1_000_000.0), FakeBudgets(reachable=False)
    pacers = pacers_at(time, 1, budgets)
    times = used(pacers, (LOOPS,), 50, time)
    pacers[0].hold_off((LOOPS,), 1.0)
    pacers[0].learn(LOOPS, calls=5, remaining=0)
    assert most_in_a_window(times, 1.0) == 10
    budgets.reachable = True
    time.now += 10
    pacers[0].wait_for_turn((LOOPS,), 60.0)
    assert budgets.stored


def test_a_slow_table_delays_calls_and_doesnt_stop_them():
    time = FakeTime(now=1_000_000.0)
    pacers = pacers_at(time, 1, SlowBudgets(time, 0.2))
    times = used(pacers, (LOOPS,), 100, time)
    assert most_in_a_window(times, 1.0) <= 10
    assert times[-1] - times[0] <= 1.2 * 100 / 10


def test_one_slow_answer_of_the_table_delays_no_later_call():
    time = FakeTime(now=1_000_000.0)
    [pacer] = pacers_at(time, 1, SlowBudgets(time, 0.5, 0.001))
    pacer.wait_for_turn((LOOPS,), 5.0)
    assert time.now == pytest.approx(1_000_000.501, abs=0.002)


@given(st.lists(st.floats(0.002, 0.2), min_size=30, max_size=30))
def test_a_table_of_changing_speed_stops_no_call(seconds):
    time = FakeTime(now=1_000_000.0)
    times = used(pacers_at(time, 1, SlowBudgets(time, *seconds)), (LOOPS,), 30, time)
    assert most_in_a_window(times, 1.0) <= 10
    assert times[-1] - times[0] <= 12


def test_of_two_limits_the_first_is_taken_once_though_another_worker_was_quicker_with_the_second():
    time, budgets = FakeTime(now=1_000_000.0), FakeBudgets()
    first, second = pacers_at(time, 2, budgets)
    first.wait_for_turn((MINUTE, HOUR), 0.0)
    second.wait_for_turn((MINUTE,), 0.0)
    time.now += 2.0
    first.wait_for_turn((MINUTE, HOUR), 0.0)
    assert sum(budgets.stored["holder", "hour/3600s"].counts) == 2
    assert sum(budgets.stored["holder", "minute/60s"].counts) == 3


def test_a_table_that_is_never_as_quick_as_before_ends_in_a_refusal():
    time = FakeTime(now=1_000_000.0)
    [pacer] = pacers_at(time, 1, SlowBudgets(time, *(0.1 * number for number in range(1, 100))))
    with pytest.raises(RateLimited):
        pacer.wait_for_turn((LOOPS,), 5.0)
    assert time.now < 1_000_010


def test_where_others_are_always_quicker_there_is_no_turn_in_time():
    class Contended(FakeBudgets):
        def replace(self, holder, limit, seen, new, expires_at):
            return Budget(version=seen.version + 1)

    time = FakeTime(now=1_000_000.0)
    [pacer] = pacers_at(time, 1, Contended())
    with pytest.raises(RateLimited):
        pacer.wait_for_turn((LOOPS,), 5.0)
    assert len(time.slept) <= 60
    pacer.hold_off((LOOPS,), 1.0)


def test_a_holder_has_one_pacer_in_a_process():
    pacers = SharedPacers(FakeBudgets(), Timing())
    assert pacers.of("one") is pacers.of("one")
    assert pacers.of("one") is not pacers.of("other")


def test_a_call_without_limits_needs_no_turn():
    budgets = FakeBudgets()
    [pacer] = pacers_at(FakeTime(), 1, budgets)
    pacer.wait_for_turn((), 0.0)
    assert budgets.replaced == 0
