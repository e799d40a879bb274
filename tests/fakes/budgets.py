"""Budgets in memory, shared by whoever gets the same object."""

import threading
from dataclasses import dataclass, field

from integrations.domain.budget import Budget
from integrations.domain.errors import Unavailable


@dataclass(slots=True)
class FakeBudgets:
    """`Budgets`. `replaced` counts the calls, those refused too; while `reachable` is off there are none."""

    stored: dict[tuple[str, str], Budget] = field(default_factory=dict)
    replaced: int = 0
    reachable: bool = True
    lock: threading.Lock = field(default_factory=threading.Lock)

    def replace(self, holder: str, limit: str, seen: Budget, new: Budget, expires_at: int) -> Budget | None:
        """By version."""
        if not self.reachable:
            raise Unavailable("the table can't be reached")
        with self.lock:
            self.replaced += 1
            found = self.stored.get((holder, limit), Budget())
            if found.version != seen.version:
                return found
            self.stored[holder, limit] = new
            return None
