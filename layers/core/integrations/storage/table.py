"""One DynamoDB table: plain values in and out, paging, unprocessed keys, conflicts of transactions, outages.

Nothing here knows what is stored. There is no scan, on purpose. Quotas: 100 keys a batch read, 25 items a batch write,
100 actions a transaction, 1,024 bytes a sort key ("Quotas in Amazon DynamoDB").
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import batched
from typing import Any

from botocore.exceptions import ClientError

from integrations.storage.attributes import Item, from_attributes, to_attributes
from integrations.storage.aws_errors import error_code, outages_as_unavailable
from integrations.storage.backoff import Backoff
from integrations.storage.client import DynamoDbClient
from integrations.storage.expressions import Action, Delete, Key, Put, Query, Update, Write, placeholders, projected
from integrations.storage.meter import Meter, action_write_units, item_read_units, page_read_units, write_units

READ_BATCH = 100
WRITE_BATCH = 25
KEY_MAXIMUM_BYTES = 1024
_CONFLICTS = frozenset({"TransactionConflictException", "TransactionInProgressException"})
_CONFLICT_REASONS = frozenset({"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


class ConditionFailed(Exception):
    """A write's condition did not hold; `found` is the item that was there, None if none was."""

    def __init__(self, found: Item | None) -> None:
        super().__init__("the item is not as the write's condition asks")
        self.found = found


class TransactionRefused(Exception):
    """Nothing was written. `refused` holds, by name, the actions whose condition did not hold and what they found."""

    def __init__(self, refused: Mapping[str, Item | None]) -> None:
        super().__init__(f"conditions that did not hold: {', '.join(sorted(refused))}")
        self.refused = refused


class Table:
    """A table behind a boto3 client. Every method raises `Unavailable` when the service stays out of reach.

    `key_names` are the partition and the sort key; the `meter`, if any, is told what each call cost.
    """

    def __init__(
        self,
        client: DynamoDbClient,
        name: str,
        *,
        key_names: tuple[str, str] = ("pk", "sk"),
        backoff: Backoff | None = None,
        meter: Meter | None = None,
    ) -> None:
        self._client = client
        self._name = name
        self._key_names = key_names
        self._backoff = backoff or Backoff()
        self._meter = meter

    def get(self, key: Key, *, projection: Sequence[str] = ()) -> Item | None:
        """The item as it is now."""
        if not _can_exist(key):
            return None
        parameters: dict[str, Any] = {"Key": to_attributes(key), "ConsistentRead": True}
        if projection:
            expression = projected(projection)
            parameters |= {"ProjectionExpression": expression, **placeholders(expression, {})}
        with outages_as_unavailable("DynamoDB"):
            found = self._client.get_item(TableName=self._name, **parameters).get("Item")
        self._count("GetItem", read_units=item_read_units([found or {}], 1, consistent=True))
        return from_attributes(found) if found else None

    def query(self, query: Query, page_size: int | None = None) -> Iterator[Item]:
        """The items, page after page for as long as the caller goes on; `page_size` where it wants only some."""
        parameters = query.request() | ({"Limit": page_size} if page_size else {})
        start: dict[str, Any] = {}
        while True:
            with outages_as_unavailable("DynamoDB"):
                page = self._client.query(TableName=self._name, **parameters, **start)
            self._count("Query", read_units=page_read_units(page["Items"], consistent=query.consistent))
            yield from map(from_attributes, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def batch_get(self, keys: Iterable[Key]) -> list[Item]:
        """Those of the items that exist, as they are now, in no order."""
        unique = {self._identity(key): key for key in keys if _can_exist(key)}
        found: list[Item] = []
        for batch in batched(unique.values(), READ_BATCH, strict=False):
            found += self._read_batch(batch)
        return found

    def batch_write(self, items: Iterable[Item] = (), delete: Iterable[Key] = ()) -> None:
        """Stores and deletes without condition, in batches, in order; of two for one key the later stays."""
        requests: dict[tuple[str, str], dict[str, Any]] = {}
        for item in items:
            requests[self._identity(item)] = {"PutRequest": {"Item": to_attributes(item)}}
        for key in delete:
            requests[self._identity(key)] = {"DeleteRequest": {"Key": to_attributes(key)}}
        for batch in batched(requests.values(), WRITE_BATCH, strict=False):
            self._write_batch(batch)

    def write(self, action: Write) -> None:
        """One write. Raises `ConditionFailed`."""
        request = {"TableName": self._name, **action.request()}
        attempt = 0
        while not self._written(action, request):
            self._backoff.wait(attempt, "a transaction holds the item")
            attempt += 1
        self._count(f"{type(action).__name__}Item", write_units=action_write_units(request))

    def transact(self, actions: Mapping[str, Action]) -> None:
        """All of the named actions or none. Raises `TransactionRefused`; conflicts with others are tried again."""
        requests = [{action.kind: {"TableName": self._name, **action.request()}} for action in actions.values()]
        attempt = 0
        while not self._transacted(tuple(actions), requests):
            self._backoff.wait(attempt, "other transactions hold the items")
            attempt += 1
        bodies = [body for request in requests for body in request.values()]
        self._count("TransactWriteItems", write_units=2 * sum(map(action_write_units, bodies)))

    def _written(self, action: Write, request: dict[str, Any]) -> bool:
        try:
            with outages_as_unavailable("DynamoDB"):
                match action:
                    case Put():
                        self._client.put_item(**request)
                    case Update():
                        self._client.update_item(**request)
                    case Delete():
                        self._client.delete_item(**request)
        except ClientError as error:
            if error_code(error) == "ConditionalCheckFailedException":
                raise ConditionFailed(_found(error.response)) from None
            if error_code(error) not in _CONFLICTS:
                raise
            return False
        return True

    def _transacted(self, names: Sequence[str], requests: Sequence[Mapping[str, Any]]) -> bool:
        try:
            with outages_as_unavailable("DynamoDB"):
                self._client.transact_write_items(TransactItems=requests)
        except ClientError as error:
            reasons: Sequence[Mapping[str, Any]] = error.response.get("CancellationReasons", ())
            codes = [reason.get("Code", "None") for reason in reasons]
            if "ConditionalCheckFailed" in codes:
                refused = zip(names, codes, reasons, strict=True)
                found = {name: _found(reason) for name, code, reason in refused if code == "ConditionalCheckFailed"}
                raise TransactionRefused(found) from None
            if error_code(error) not in _CONFLICTS and not (codes and _CONFLICT_REASONS.issuperset(codes)):
                raise
            return False
        return True

    def _read_batch(self, keys: Sequence[Key]) -> list[Item]:
        pending: list[dict[str, Any]] = [to_attributes(key) for key in keys]
        found: list[Item] = []
        attempt = 0
        while pending:
            request = {self._name: {"Keys": pending, "ConsistentRead": True}}
            with outages_as_unavailable("DynamoDB"):
                answer = self._client.batch_get_item(RequestItems=request)
            items = answer["Responses"].get(self._name, [])
            found += map(from_attributes, items)
            left = answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
            asked = len(pending) - len(left)
            self._count("BatchGetItem", read_units=item_read_units(items, asked, consistent=True))
            attempt = self._wait_for_the_rest(len(pending), len(left), attempt)
            pending = left
        return found

    def _write_batch(self, requests: Sequence[dict[str, Any]]) -> None:
        pending = list(requests)
        attempt = 0
        while pending:
            with outages_as_unavailable("DynamoDB"):
                answer = self._client.batch_write_item(RequestItems={self._name: pending})
            left = answer.get("UnprocessedItems", {}).get(self._name, [])
            items = [request.get("PutRequest", {}).get("Item", {}) for request in pending if request not in left]
            self._count("BatchWriteItem", write_units=sum(map(write_units, items)))
            attempt = self._wait_for_the_rest(len(pending), len(left), attempt)
            pending = left

    def _wait_for_the_rest(self, asked: int, left: int, attempt: int) -> int:
        """The attempts without any progress, which alone are bounded."""
        if not left:
            return 0
        attempt = 0 if left < asked else attempt
        self._backoff.wait(attempt, f"{left} keys of a batch stay unprocessed")
        return attempt + 1

    def _identity(self, item: Item) -> tuple[str, str]:
        partition, sort = self._key_names
        return item[partition], item[sort]

    def _count(self, operation: str, *, read_units: float = 0, write_units: float = 0) -> None:
        if self._meter is not None:
            self._meter(operation, read_units=read_units, write_units=write_units)


def _can_exist(key: Key) -> bool:
    """Empty and overlong ids, which callers may ask for, are refused by DynamoDB; nothing can be stored there."""
    return all(0 < len(part.encode()) <= KEY_MAXIMUM_BYTES for part in key.values())


def _found(answer: Mapping[str, Any]) -> Item | None:
    return from_attributes(answer["Item"]) if answer.get("Item") else None
