from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from integrations.domain.budget import Budget
from integrations.domain.errors import Unavailable
from integrations.providers.pacing import RateLimit
from integrations.providers.shared_pacer import Budgets
from integrations.providers.turns import Calendar, take_turns
from integrations.storage import keys
from integrations.storage.attributes import item_bytes, to_attributes
from integrations.storage.budgets import BudgetStore
from tests.contract.storage.faults import Fault, first, lost_acknowledgement, unanswered
from tests.contract.storage.world import NOW, DynamoWorld
from tests.fakes.budgets import FakeBudgets

HOLDER, LIMIT = "ab" * 32, "loops/1s"
ONE = Budget(version=NOW, first_slot=170_000_000_000, counts=(1, 0, 3), closed_until=NOW + 5, calls=12)
TWO = replace(ONE, version=NOW + 1, counts=(), calls=None)


@pytest.fixture(params=["memory", "dynamodb"])
def budgets(request: pytest.FixtureRequest) -> Budgets:
    return FakeBudgets() if request.param == "memory" else BudgetStore(request.getfixturevalue("dynamo").table)


def test_the_first_budget_of_a_limit_is_stored_once(budgets: Budgets):
    assert budgets.replace(HOLDER, LIMIT, Budget(), ONE, NOW) is None
    assert budgets.replace(HOLDER, LIMIT, Budget(), TWO, NOW) == ONE
    assert budgets.replace(HOLDER, "another", Budget(), TWO, NOW) is None
    assert budgets.replace("cd" * 32, LIMIT, Budget(), TWO, NOW) is None


def test_a_budget_replaces_only_the_one_that_was_seen(budgets: Budgets):
    budgets.replace(HOLDER, LIMIT, Budget(), ONE, NOW)
    assert budgets.replace(HOLDER, LIMIT, ONE, TWO, NOW) is None
    assert budgets.replace(HOLDER, LIMIT, ONE, ONE, NOW) == TWO


def test_a_forgotten_budget_is_shown_as_the_first(budgets: Budgets):
    assert budgets.replace(HOLDER, LIMIT, ONE, TWO, NOW) == Budget()
    assert budgets.replace(HOLDER, LIMIT, Budget(), TWO, NOW) is None


def test_of_two_workers_that_saw_the_same_one_is_told_what_the_other_stored(dynamo: DynamoWorld):
    store = BudgetStore(dynamo.table)
    dynamo.client.inject("put_item", first(lambda: store.replace(HOLDER, LIMIT, Budget(), ONE, NOW)))
    assert store.replace(HOLDER, LIMIT, Budget(), TWO, NOW) == ONE


def test_a_lost_acknowledgement_is_an_outage_and_what_was_stored_is_found(dynamo: DynamoWorld):
    store = BudgetStore(dynamo.table)
    dynamo.client.inject("put_item", lost_acknowledgement)
    with pytest.raises(Unavailable):
        store.replace(HOLDER, LIMIT, Budget(), ONE, NOW)
    assert store.replace(HOLDER, LIMIT, Budget(), TWO, NOW) == ONE


def refused(call, parameters):
    raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "PutItem")


@pytest.mark.parametrize("fault", [unanswered, refused])
def test_whatever_keeps_a_budget_from_being_stored_is_an_outage(dynamo: DynamoWorld, fault: Fault):
    dynamo.client.inject("put_item", fault)
    with pytest.raises(Unavailable):
        BudgetStore(dynamo.table).replace(HOLDER, LIMIT, Budget(), ONE, NOW)


def test_a_budget_is_forgotten_in_time(dynamo: DynamoWorld):
    BudgetStore(dynamo.table).replace(HOLDER, LIMIT, Budget(), ONE, NOW + 1)
    assert (dynamo.table.get(keys.budget(HOLDER, LIMIT)) or {})["expiresAt"] == NOW // 1000 + 1


def test_a_full_budget_costs_one_unit_and_one_call(dynamo: DynamoWorld):
    calendar = Calendar(RateLimit("requests", 500, 1.0), Budget(), NOW)
    take_turns([calendar], NOW, 476)
    full = Calendar(calendar.limit, calendar.budget(), NOW + 1_000)
    take_turns([full], NOW + 1_000, 476)
    BudgetStore(dynamo.table).replace(HOLDER, LIMIT, Budget(), full.budget(), NOW)
    item = dynamo.table.get(keys.budget(HOLDER, LIMIT)) or {}
    assert item_bytes(to_attributes(item)) <= 1_024
    assert dynamo.units.written == 1
