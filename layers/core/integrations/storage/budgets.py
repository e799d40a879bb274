"""What is taken of services' rate limits: the adapter of `providers.shared_pacer.Budgets`."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from integrations.domain.budget import Budget
from integrations.domain.errors import Unavailable
from integrations.storage import keys
from integrations.storage.attributes import Item
from integrations.storage.expressions import Put
from integrations.storage.table import ConditionFailed, Table


class BudgetStore:
    """One item per holder and limit. One call replaces it, or shows what is there instead."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def replace(self, holder: str, limit: str, seen: Budget, new: Budget, expires_at: int) -> Budget | None:
        """Raises `Unavailable` for whatever keeps the budget from being stored, a missing permission too: no call to a
        service fails for it."""
        condition = "#version = :seen" if seen.version else "attribute_not_exists(#pk)"
        item = _to_item(holder, limit, new) | {"expiresAt": -(-expires_at // 1000)}
        try:
            self._table.write(Put(item, condition, {"seen": seen.version}))
        except ConditionFailed as refusal:
            return _from_item(refusal.found) if refusal.found else Budget()
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(f"the limit's budget was not stored: {error}") from error
        return None


def _to_item(holder: str, limit: str, budget: Budget) -> dict[str, Any]:
    return {
        **keys.budget(holder, limit),
        "version": budget.version,
        "firstSlot": budget.first_slot,
        "counts": budget.counts,
        "closedUntil": budget.closed_until,
        "calls": budget.calls,
    }


def _from_item(item: Item) -> Budget:
    return Budget(item["version"], item["firstSlot"], tuple(item["counts"]), item["closedUntil"], item["calls"])
