import pytest
from botocore.exceptions import ClientError

from integrations.api.ports import PlanBuckets
from integrations.domain.errors import Unavailable
from integrations.domain.plan_rate import PlanRate
from integrations.storage import keys
from integrations.storage.plan_buckets import PlanBucketStore
from tests.contract.storage.faults import Fault, first, unanswered
from tests.contract.storage.world import NOW, DynamoWorld
from tests.fakes.plan_buckets import FakePlanBuckets

RATE = PlanRate(60, 10)


@pytest.fixture(params=["memory", "dynamodb"])
def buckets(request: pytest.FixtureRequest) -> PlanBuckets:
    return FakePlanBuckets() if request.param == "memory" else PlanBucketStore(request.getfixturevalue("dynamo").table)


def take(buckets: PlanBuckets, now: int = NOW, project: str = "demo", plan: str = "free") -> int:
    return buckets.take(project, plan, RATE, now)


def test_a_full_bucket_gives_its_burst_and_then_one_token_a_second(buckets: PlanBuckets):
    assert [take(buckets) for _ in range(11)] == [0] * 10 + [1_000]
    assert [take(buckets, NOW + 400), take(buckets, NOW + 1_000), take(buckets, NOW + 1_000)] == [600, 0, 1_000]


def test_a_refused_call_takes_nothing(buckets: PlanBuckets):
    for _ in range(30):
        take(buckets)
    assert take(buckets, NOW + 1_000) == 0


def test_a_bucket_that_nobody_used_is_full_again_and_no_fuller(buckets: PlanBuckets):
    for _ in range(10):
        take(buckets)
    assert [take(buckets, NOW + 3_600_000) for _ in range(11)] == [0] * 10 + [1_000]


def test_buckets_are_apart(buckets: PlanBuckets):
    for _ in range(10):
        take(buckets)
    assert take(buckets, project="other") == 0
    assert take(buckets, plan="pro") == 0


def test_processes_share_a_bucket(dynamo: DynamoWorld):
    one, other = PlanBucketStore(dynamo.table), PlanBucketStore(dynamo.table)
    taken = [take(store) for _ in range(6) for store in (one, other)]
    assert taken == [0] * 10 + [1_000] * 2


def test_a_call_takes_one_update(dynamo: DynamoWorld):
    store = PlanBucketStore(dynamo.table)
    for number in range(5):
        take(store, NOW + number * 100)
    take(store, NOW + 60_000)
    assert [operation for operation, _ in dynamo.client.calls] == ["update_item"] * 6


def test_a_burst_that_another_process_begins_or_ends_costs_a_second_update(dynamo: DynamoWorld):
    store = PlanBucketStore(dynamo.table)
    dynamo.client.inject("update_item", first(lambda: take(PlanBucketStore(dynamo.table))))
    assert take(store) == 0
    assert len(dynamo.client.calls) == 3
    dynamo.table.batch_write(delete=[keys.plan_bucket("demo", "free")])
    assert take(store) == 0


def test_the_last_token_goes_to_one_of_two_that_come_together(dynamo: DynamoWorld):
    store = PlanBucketStore(dynamo.table)
    for _ in range(9):
        take(store)
    dynamo.client.inject("update_item", first(lambda: take(PlanBucketStore(dynamo.table))))
    assert take(store) == 1_000


def forbidden(call: object, parameters: object) -> dict[str, object]:
    raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "UpdateItem")


@pytest.mark.parametrize("fault", [unanswered, forbidden])
def test_whatever_keeps_a_call_from_being_counted_is_unavailable(dynamo: DynamoWorld, fault: Fault):
    store = PlanBucketStore(dynamo.table)
    dynamo.client.inject("update_item", fault)
    with pytest.raises(Unavailable):
        take(store)
    assert take(store) == 0


def test_a_bucket_is_forgotten_once_it_says_nothing(dynamo: DynamoWorld):
    take(PlanBucketStore(dynamo.table))
    item = dynamo.table.get(keys.plan_bucket("demo", "free"))
    assert item is not None
    assert item["expiresAt"] * 1_000 > item["fullAt"]
