"""The arithmetic of turns: whatever the workers do, the service sees no more than the limit in any window."""

from bisect import bisect_left

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.domain.budget import Budget
from integrations.providers.pacing import RateLimit
from integrations.providers.turns import Calendar, Grid, take_turns

NOW = 1_700_000_000_000
LOOPS = RateLimit("loops", 10, 1.0)
MUTATIONS = RateLimit("mutations", 25, 1.0)
REQUESTS = RateLimit("requests", 500, 1.0)
MINUTE = RateLimit("minute", 240, 60.0)
HOUR = RateLimit("hour", 2_400, 3_600.0)
FEW = RateLimit("few", 3, 1.0)
KINDS = [(FEW,), (LOOPS,), (FEW, LOOPS), (MUTATIONS,), (RateLimit("ten minutes", 7, 600.0), LOOPS)]


def most_in_a_window(times: list[int], window_ms: int) -> int:
    times = sorted(times)
    return max((bisect_left(times, time + window_ms) - place for place, time in enumerate(times)), default=0)


class Shared:
    """Budgets as workers share them, without the races, which a conditional write decides."""

    def __init__(self) -> None:
        self.budgets: dict[RateLimit, Budget] = {}
        self.arrivals: dict[RateLimit, list[int]] = {}

    def grant(self, limits, now, count, unused=()):
        calendars = [Calendar(limit, self.budgets.get(limit, Budget()), now) for limit in limits]
        for calendar in calendars:
            calendar.give_back(unused)
        turns = take_turns(calendars, now, count)
        self.budgets |= {calendar.limit: calendar.budget() for calendar in calendars}
        return turns

    def arrive(self, limits, time):
        for limit in limits:
            self.arrivals.setdefault(limit, []).append(time)


steps = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.integers(1, 30),
        st.integers(0, 400),
        st.integers(0, 10),
        st.randoms(use_true_random=False),
    ),
    max_size=60,
)


@settings(deadline=None)
@given(steps)
def test_no_window_holds_more_than_its_limit_however_turns_are_used(steps):
    shared, now, unused = Shared(), NOW, {}
    for limits, count, pause_ms, left, random in steps:
        now += pause_ms
        turns = shared.grant(limits, now, count, unused.pop(limits, ()))
        assert turns == sorted(turns)
        assert turns[0] >= now
        unused[limits] = turns[len(turns) - min(left, len(turns)) :]
        grid = min((Grid.of(limit) for limit in limits), key=lambda grid: grid.usable_ms)
        for turn in turns[: len(turns) - min(left, len(turns))]:
            shared.arrive(limits, turn + random.randint(0, 2 * grid.usable_ms))
    for limit, times in shared.arrivals.items():
        assert most_in_a_window(times, round(limit.window_seconds * 1000)) <= limit.calls


@pytest.mark.parametrize("limit", [LOOPS, MUTATIONS, REQUESTS, MINUTE, HOUR])
@pytest.mark.parametrize("workers", [1, 3])
def test_a_steady_demand_gets_at_least_95_percent_of_the_rate(limit: RateLimit, workers: int):
    shared, ends, turns = Shared(), [NOW] * workers, []
    until = NOW + 20 * round(limit.window_seconds * 1000)
    while min(ends) < until:
        worker = ends.index(min(ends))
        granted = shared.grant((limit,), ends[worker], max(1, limit.calls // 60 if limit.window_seconds > 1 else 8))
        turns += granted
        ends[worker] = granted[-1]
    in_time = [turn for turn in turns if turn < until]
    assert len(in_time) >= 0.95 * 20 * limit.calls
    assert most_in_a_window(in_time, round(limit.window_seconds * 1000)) <= limit.calls


def test_turns_of_a_short_window_are_spaced_and_others_get_those_between():
    shared = Shared()
    assert shared.grant((LOOPS,), NOW, 4) == [NOW, NOW + 105, NOW + 210, NOW + 315]
    assert shared.grant((LOOPS,), NOW + 20, 1) == [NOW + 20]


def test_a_long_window_takes_a_burst():
    assert Shared().grant((MINUTE, HOUR), NOW, 240) == [NOW] * 240


def test_turns_given_back_are_free_again():
    shared = Shared()
    turns = shared.grant((MINUTE,), NOW, 240)
    assert shared.grant((MINUTE,), NOW + 2_000, 1)[0] > NOW + 60_000
    assert shared.grant((MINUTE,), NOW + 3_000, 2, unused=turns[:2]) == [NOW + 3_000] * 2


def test_a_call_under_two_limits_waits_for_both():
    shared = Shared()
    shared.grant((MINUTE,), NOW, 240)
    [turn] = shared.grant((MINUTE, HOUR), NOW, 1)
    assert NOW + 60_000 < turn < NOW + 62_000


def test_what_the_service_itself_allows_counts():
    calendar = Calendar(LOOPS, Budget(calls=2), NOW)
    assert take_turns([calendar], NOW, 2) == [NOW, NOW + 525]
    assert calendar.earliest(NOW + 525) == NOW + 1_050


def test_a_closed_limit_has_no_turn_before_it_opens():
    assert take_turns([Calendar(LOOPS, Budget(closed_until=NOW + 5_000), NOW)], NOW, 1) == [NOW + 5_000]


def test_a_budget_keeps_nothing_that_no_longer_counts():
    shared = Shared()
    for second in range(100):
        shared.grant((REQUESTS,), NOW + 1_000 * second, 400)
    assert len(shared.budgets[REQUESTS].counts) <= 2 * Grid.of(REQUESTS).slots
