"""Plans' buckets in memory, shared by whoever gets the same object."""

import threading
from dataclasses import dataclass, field

from integrations.domain.errors import Unavailable
from integrations.domain.plan_rate import PlanRate


@dataclass(slots=True)
class FakePlanBuckets:
    """`PlanBuckets`. While `reachable` is off nothing is counted."""

    full_at: dict[tuple[str, str], int] = field(default_factory=dict)
    reachable: bool = True
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, project_id: str, plan: str, rate: PlanRate, now: int) -> int:
        """By project and plan."""
        if not self.reachable:
            raise Unavailable("the table can't be reached")
        with self.lock:
            full_at = self.full_at.get((project_id, plan), 0)
            wait = rate.wait_ms(full_at, now)
            if not wait:
                self.full_at[project_id, plan] = rate.full_at_after(full_at, now)
            return wait
