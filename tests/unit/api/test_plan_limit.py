from dataclasses import dataclass, field

import pytest

from integrations.api.plan_limit import require_turn
from integrations.domain.errors import TooManyRequests
from tests.fakes.plan_buckets import FakePlanBuckets

NOW = 1_764_000_000_000


@dataclass
class Limits:
    plan_buckets: FakePlanBuckets = field(default_factory=FakePlanBuckets)
    time: int = NOW

    def now(self) -> int:
        return self.time


def use_up(limits: Limits, project: str = "demo") -> None:
    for _ in range(10):
        require_turn("free", project, limits)


def test_a_call_beyond_the_burst_is_told_when_to_come_back():
    limits = Limits()
    use_up(limits)
    with pytest.raises(TooManyRequests) as refused:
        require_turn("free", "demo", limits)
    assert refused.value.retry_after_seconds == 1
    assert "60 calls a minute, 10 of them at once" in refused.value.message
    limits.time += 1_000
    require_turn("free", "demo", limits)


def test_a_project_and_a_plan_have_a_bucket_each():
    limits = Limits()
    use_up(limits)
    require_turn("free", "other", limits)
    require_turn("pro", "demo", limits)


def test_enterprise_isnt_counted():
    limits = Limits()
    for _ in range(200):
        require_turn("enterprise", "demo", limits)
    assert not limits.plan_buckets.full_at


def test_a_call_that_cannot_be_counted_passes():
    limits = Limits()
    use_up(limits)
    limits.plan_buckets.reachable = False
    require_turn("free", "demo", limits)
