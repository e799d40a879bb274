import pytest

from integrations.domain.plan_rate import PlanRate, rate_of

NOW = 1_764_000_000_000
RATE = PlanRate(60, 10)


class Bucket:
    """Calls at times, each with what it was told."""

    def __init__(self, rate: PlanRate) -> None:
        self.rate = rate
        self.full_at = 0

    def call(self, now: int) -> int:
        wait = self.rate.wait_ms(self.full_at, now)
        if not wait:
            self.full_at = self.rate.full_at_after(self.full_at, now)
        return wait


@pytest.mark.parametrize(
    ("plan", "rate"),
    [("free", (60, 10)), ("pro", (300, 50)), ("team", (1_000, 100)), ("enterprise", None), ("gold", (60, 10))],
)
def test_each_plan_has_its_rate_and_an_unknown_one_the_smallest(plan, rate):
    found = rate_of(plan)
    assert (found and (found.calls_per_minute, found.burst)) == rate


def test_a_full_bucket_has_its_burst_and_no_call_more():
    bucket = Bucket(RATE)
    assert [bucket.call(NOW) for _ in range(12)] == [0] * 10 + [1_000] * 2


def test_tokens_come_back_one_by_one():
    bucket = Bucket(RATE)
    for _ in range(10):
        bucket.call(NOW)
    assert bucket.call(NOW + 999) == 1
    assert bucket.call(NOW + 1_000) == 0
    assert bucket.call(NOW + 1_000) == 1_000
    assert [bucket.call(NOW + 3_000) for _ in range(3)] == [0, 0, 1_000]


def test_who_waits_as_long_as_told_is_let_in():
    bucket = Bucket(RATE)
    while not (wait := bucket.call(NOW)):
        pass
    assert bucket.call(NOW + wait) == 0


def test_a_long_silence_fills_the_bucket_and_no_more_than_that():
    bucket = Bucket(RATE)
    for _ in range(10):
        bucket.call(NOW)
    later = NOW + 60 * 60_000
    assert [bucket.call(later) for _ in range(11)] == [0] * 10 + [1_000]


@pytest.mark.parametrize("rate", [RATE, PlanRate(300, 50), PlanRate(1_000, 100)])
def test_no_minute_has_more_than_the_rate_and_one_burst(rate):
    bucket = Bucket(rate)
    let_in = [at for at in range(NOW, NOW + 180_000, 10) if not bucket.call(at)]
    for start in range(NOW, NOW + 120_000, 5_000):
        assert sum(start <= at < start + 60_000 for at in let_in) <= rate.calls_per_minute + rate.burst
    assert len(let_in) == 3 * rate.calls_per_minute + rate.burst - 1
