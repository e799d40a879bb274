"""Many at once, on a DynamoDB that keeps transactions apart (moto doesn't): give one with CONTRACT_ENDPOINT."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest

from integrations.domain.errors import LeaseLost
from integrations.domain.job import Lease
from integrations.domain.line import IdempotencyKey
from integrations.domain.plan_rate import PlanRate
from integrations.storage.intake import IntakeStore
from integrations.storage.plan_buckets import PlanBucketStore
from integrations.storage.table import Table
from tests.contract.storage.world import LEASE_MS, NOW, DynamoWorld, a_job, leased, started

THREADS = 8

pytestmark = pytest.mark.skipif(
    not os.environ.get("CONTRACT_ENDPOINT"), reason="needs a DynamoDB with real transactions: CONTRACT_ENDPOINT"
)


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """What each thread got, all having begun together."""
    barrier = Barrier(THREADS)

    def begin(number: int) -> Any:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


def real_time(dynamo: DynamoWorld) -> DynamoWorld:
    """With waits between attempts that take their time."""
    dynamo.table = Table(dynamo.client, dynamo.table._name)
    dynamo.intake = IntakeStore(dynamo.table)
    return dynamo


@pytest.mark.parametrize("share", [1, 3, THREADS])
def test_workers_that_come_together_get_the_projects_share_exactly(dynamo: DynamoWorld, share: int):
    line = real_time(dynamo).line(share_maximum=share)
    leases = at_once(lambda number: line.acquire("demo", f"i{number}", f"w{number}", NOW))
    assert sum(lease is not None for lease in leases) == share


def test_one_of_many_gets_a_line_and_each_holder_a_greater_fence(dynamo: DynamoWorld):
    line = real_time(dynamo).line()
    fences = []
    for turn in range(3):
        at = NOW + turn * LEASE_MS
        leases = at_once(lambda number, at=at: line.acquire("demo", "one", f"w{number}", at))
        fences += [lease.fence for lease in leases if lease is not None]
    assert fences == [1, 2, 3]


def test_identical_jobs_submitted_together_are_one(dynamo: DynamoWorld):
    real_time(dynamo)
    ids = at_once(lambda number: dynamo.intake.submit(a_job(f"0{number}"), None, NOW))
    assert len(set(ids)) == 1
    assert len(dynamo.jobs.list("demo", None, 100, None, NOW).jobs) == 1


def test_requests_with_one_key_made_together_are_one_job(dynamo: DynamoWorld):
    real_time(dynamo)
    key = IdempotencyKey("key", "body")
    ids = at_once(lambda number: dynamo.intake.submit(a_job(f"0{number}", entity_ids=("e",)), key, NOW))
    assert len(set(ids)) == 1
    assert len(dynamo.jobs.list("demo", None, 100, None, NOW).jobs) == 1


def test_no_job_is_forgotten_while_others_arrive(dynamo: DynamoWorld):
    line = real_time(dynamo).line()

    def work(number: int) -> None:
        dynamo.intake.submit(a_job(f"0{number}", entity_ids=("e",)), None, NOW)
        lease = line.acquire("demo", "one", f"w{number}", NOW)
        if lease is not None:
            line.release(lease, NOW)

    at_once(work)
    assert len(dynamo.jobs.list("demo", "pending", 100, None, NOW).jobs) == THREADS
    assert line.overdue(NOW, 10) == [("demo", "one")]


def test_a_step_is_saved_once_by_one_holder(dynamo: DynamoWorld):
    line = real_time(dynamo).line()
    dynamo.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    running = started(line, lease)

    def advance(number: int) -> Lease | None:
        try:
            return line.advance(lease, replace(running, step=1, waits=number), NOW)
        except LeaseLost:
            return None

    assert sum(lease is not None for lease in at_once(advance)) == 1


def test_calls_that_come_together_get_the_burst_and_no_more(dynamo: DynamoWorld):
    stores = [PlanBucketStore(dynamo.table) for _ in range(THREADS)]

    def take(number: int) -> int:
        return sum(stores[number].take("demo", "free", PlanRate(60, 10), NOW) == 0 for _ in range(5))

    assert sum(at_once(take)) == 10
