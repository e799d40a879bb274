"""Records that could not be exchanged: the adapter of `sync.ports.Failures`."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from integrations.domain.job import Direction
from integrations.domain.link import Failure
from integrations.storage import keys
from integrations.storage.attributes import Item
from integrations.storage.expressions import Delete
from integrations.storage.ranges import items_after, items_between
from integrations.storage.table import ConditionFailed, Table


class FailureStore:
    """Stands on IntegrationsTable."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def between(
        self, project_id: str, integration_id: str, direction: Direction, after_id: str, through_id: str
    ) -> Mapping[str, Failure]:
        """Eventually consistent, as the links beside them."""
        partition = keys.failures(project_id, integration_id, direction)
        items = items_between(self._table, partition, after_id, through_id)
        return {item["sk"]: _failure(item) for item in items}

    def page(
        self, project_id: str, integration_id: str, direction: Direction, after_id: str, limit: int
    ) -> Sequence[Failure]:
        """Consistent."""
        items = items_after(self._table, keys.failures(project_id, integration_id, direction), after_id, limit)
        return [_failure(item) for item in islice(items, limit)]

    def read(
        self, project_id: str, integration_id: str, direction: Direction, record_ids: Iterable[str]
    ) -> Mapping[str, Failure]:
        """Consistent."""
        partition = keys.failures(project_id, integration_id, direction)
        items = self._table.batch_get({"pk": partition, "sk": id} for id in record_ids)
        return {item["sk"]: _failure(item) for item in items}

    def write(self, project_id: str, integration_id: str, direction: Direction, failures: Sequence[Failure]) -> None:
        """In order; of two for one record the later stays."""
        partition = keys.failures(project_id, integration_id, direction)
        self._table.batch_write(_item(partition, failure) for failure in failures)

    def clear(self, project_id: str, integration_id: str, direction: Direction, failures: Sequence[Failure]) -> None:
        """One by one, since only single deletes can ask for the run that is to be forgotten."""
        partition = keys.failures(project_id, integration_id, direction)
        for failure in failures:
            self._forget({"pk": partition, "sk": failure.record_id}, failure.run)

    def _forget(self, key: dict[str, str], run: str) -> None:
        try:
            self._table.write(Delete(key, "#run = :run", {"run": run}))
        except ConditionFailed:
            return


def _item(partition: str, failure: Failure) -> dict[str, Any]:
    item = {
        "pk": partition,
        "sk": failure.record_id,
        "code": failure.code,
        "message": failure.message,
        "fingerprint": failure.fingerprint,
        "transient": failure.transient,
        "at": failure.at,
        "run": failure.run,
    }
    return item if failure.external_id is None else item | {"externalId": failure.external_id}


def _failure(item: Item) -> Failure:
    return Failure(
        record_id=item["sk"],
        code=item["code"],
        message=item["message"],
        fingerprint=item["fingerprint"],
        transient=item["transient"],
        at=item["at"],
        run=item["run"],
        external_id=item.get("externalId"),
    )
