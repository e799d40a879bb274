import pytest
from botocore.exceptions import ClientError

from integrations.domain.errors import Unavailable
from integrations.storage.attributes import from_attributes, item_bytes, to_attribute, to_attributes
from integrations.storage.backoff import BASE_SECONDS, MAXIMUM_SECONDS, RETRIES_MAXIMUM, Backoff
from integrations.storage.expressions import Check, Delete, Put, Query, Update
from integrations.storage.table import ConditionFailed, TransactionRefused
from tests.contract.storage.faults import Fault, all_but_one_unprocessed, unprocessed
from tests.contract.storage.world import DynamoWorld

KEY = {"pk": "p", "sk": "s"}
ITEM = KEY | {"name": "first"}


def failing(code: str, *, reasons: tuple[str, ...] = ()) -> Fault:
    def fault(call, parameters):
        answer = {"Error": {"Code": code}, "CancellationReasons": [{"Code": reason} for reason in reasons]}
        raise ClientError(answer, "call")

    return fault


CONFLICT = failing("TransactionConflictException")
CANCELLED = failing("TransactionCanceledException", reasons=("None", "TransactionConflict"))


def test_values_come_back_as_they_were():
    item = {"s": "ü", "n": -12345678901234567890, "b": b"\x00\xff", "t": True, "f": False, "0": None, "zero": 0}
    item |= {"l": [1, ["a"], {}], "m": {"x": {"y": [None]}}}
    assert from_attributes(to_attributes(item)) == item
    assert from_attributes({"n": {"N": "1.5"}}) == {"n": 1.5}


@pytest.mark.parametrize("value", [0.5, {1}, object(), [0.5]])
def test_what_cannot_be_stored_as_it_is_is_refused(value: object):
    with pytest.raises(TypeError, match="can't be stored; allowed are"):
        to_attribute(value)


def test_the_size_of_an_item_is_counted_as_aws_counts_it():
    assert item_bytes(to_attributes({"ü": "äb", "b": b"123", "t": True})) == (2 + 3) + (1 + 3) + (1 + 1)
    assert item_bytes(to_attributes({"n": 1_700_000_000_123})) == 1 + 8
    assert item_bytes(to_attributes({"n": -1000})) == 1 + 3
    assert item_bytes(to_attributes({"l": ["a", "b"]})) == 1 + 3 + 2 * (1 + 1)
    assert item_bytes(to_attributes({"m": {"k": "v"}})) == 1 + 3 + 1 + 2


@pytest.mark.parametrize("operation", ["put_item", "update_item", "delete_item"])
def test_a_write_that_meets_a_transaction_is_tried_again(dynamo: DynamoWorld, operation: str):
    dynamo.table.write(Put(ITEM))
    writes = {
        "put_item": Put(ITEM | {"name": "second"}),
        "update_item": Update(KEY, "SET #name = :name", None, {"name": "second"}),
        "delete_item": Delete(KEY),
    }
    dynamo.client.inject(operation, CONFLICT, CONFLICT)
    dynamo.table.write(writes[operation])
    stored = dynamo.table.get(KEY)
    assert stored == (None if operation == "delete_item" else ITEM | {"name": "second"})
    assert len(dynamo.sleeps) == 2


def test_a_transaction_that_meets_another_is_tried_again(dynamo: DynamoWorld):
    dynamo.client.inject("transact_write_items", CANCELLED, CONFLICT, failing("TransactionInProgressException"))
    dynamo.table.transact({"one": Put(ITEM), "two": Put(ITEM | {"sk": "t"})})
    assert dynamo.table.get(KEY) == ITEM
    assert len(dynamo.sleeps) == 3


def test_conflicts_without_end_are_unavailable(dynamo: DynamoWorld):
    dynamo.client.inject("transact_write_items", *[CANCELLED] * 20)
    with pytest.raises(Unavailable, match="gave up after 9 attempts"):
        dynamo.table.transact({"one": Put(ITEM), "two": Put(ITEM | {"sk": "t"})})
    assert len(dynamo.sleeps) == RETRIES_MAXIMUM


def test_waits_grow_up_to_a_limit():
    sleeps: list[float] = []
    backoff = Backoff(sleeps.append, lambda: 1.0)
    for attempt in range(RETRIES_MAXIMUM):
        backoff.wait(attempt, "reason")
    assert sleeps == sorted(sleeps)
    assert sleeps[0] == BASE_SECONDS
    assert sleeps[-1] == MAXIMUM_SECONDS


def test_a_batch_that_makes_no_progress_is_given_up(dynamo: DynamoWorld):
    dynamo.client.inject("batch_write_item", *[unprocessed] * 20)
    with pytest.raises(Unavailable, match="1 keys of a batch stay unprocessed"):
        dynamo.table.batch_write([ITEM])


def test_a_batch_that_makes_progress_is_not_given_up(dynamo: DynamoWorld):
    items = [KEY | {"sk": f"{number:02d}"} for number in range(25)]
    dynamo.client.inject("batch_write_item", *[all_but_one_unprocessed] * 25)
    dynamo.table.batch_write(items)
    assert list(dynamo.table.query(Query("#pk = :pk", {"pk": "p"}))) == items


def test_a_batch_of_puts_and_deletes_keeps_the_later_of_two(dynamo: DynamoWorld):
    dynamo.table.batch_write([ITEM, KEY | {"sk": "t"}], delete=[KEY])
    assert dynamo.table.get(KEY) is None
    assert dynamo.table.get(KEY | {"sk": "t"}) is not None


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException", "ResourceNotFoundException"])
def test_our_own_faults_are_not_taken_for_outages(dynamo: DynamoWorld, code: str):
    dynamo.client.inject("put_item", failing(code))
    dynamo.client.inject("transact_write_items", failing(code))
    with pytest.raises(ClientError):
        dynamo.table.write(Put(ITEM))
    with pytest.raises(ClientError):
        dynamo.table.transact({"one": Put(ITEM)})


def test_a_transaction_that_breaks_a_rule_is_our_fault(dynamo: DynamoWorld):
    dynamo.client.inject("transact_write_items", failing("TransactionCanceledException", reasons=("ValidationError",)))
    with pytest.raises(ClientError):
        dynamo.table.transact({"one": Put(ITEM)})


@pytest.mark.parametrize("code", ["ThrottlingException", "ProvisionedThroughputExceededException"])
def test_an_overload_is_unavailable(dynamo: DynamoWorld, code: str):
    dynamo.client.inject("put_item", failing(code))
    with pytest.raises(Unavailable, match=code):
        dynamo.table.write(Put(ITEM))


def test_a_refused_write_shows_what_was_there(dynamo: DynamoWorld):
    dynamo.table.write(Put(ITEM))
    with pytest.raises(ConditionFailed) as taken:
        dynamo.table.write(Put(ITEM | {"name": "second"}, "attribute_not_exists(#pk)"))
    assert taken.value.found == ITEM
    with pytest.raises(ConditionFailed) as missing:
        dynamo.table.write(Delete(KEY | {"sk": "t"}, "#name = :name", {"name": "x"}))
    assert missing.value.found is None


def test_a_refused_transaction_names_what_refused_it_and_writes_nothing(dynamo: DynamoWorld):
    dynamo.table.write(Put(ITEM))
    actions = {
        "new": Put(ITEM | {"sk": "t"}),
        "taken": Put(ITEM | {"name": "second"}, "attribute_not_exists(#pk)"),
        "missing": Check(KEY | {"sk": "u"}, "attribute_exists(#pk)"),
    }
    with pytest.raises(TransactionRefused, match="missing, taken") as refusal:
        dynamo.table.transact(actions)
    assert refusal.value.refused == {"taken": ITEM, "missing": None}
    assert dynamo.table.get(KEY | {"sk": "t"}) is None


def test_writes_and_reads_are_metered_by_size(dynamo: DynamoWorld):
    large = ITEM | {"body": "x" * 5000}
    dynamo.table.write(Put(large))
    assert (dynamo.units.written, dynamo.units.calls) == (5, ["PutItem"])
    dynamo.table.transact({"one": Put(large), "two": Update(KEY | {"sk": "t"}, "SET #a = :a", None, {"a": 1})})
    assert dynamo.units.written == 5 + 2 * (5 + 1)
    dynamo.table.write(Update(KEY | {"sk": "t"}, "SET #body = :body", None, {"body": "x" * 3000}))
    assert dynamo.units.written == 17 + 3
    dynamo.table.get(KEY)
    assert dynamo.units.read == 2
    list(dynamo.table.query(Query("#pk = :pk", {"pk": "p"})))
    assert dynamo.units.read == 2 + 1
    dynamo.table.batch_get([KEY, KEY | {"sk": "missing"}])
    assert dynamo.units.read == 3 + 2 + 1
