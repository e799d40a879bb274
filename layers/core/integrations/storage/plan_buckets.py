"""How often projects call the API: the adapter of `api.ports.PlanBuckets`.

An update can't take the greater of two numbers, so a full bucket is filled from now and any other from where it is:
which of the two it is, the update's condition says. The second form needs no version: calls that come together add up.
"""

from botocore.exceptions import BotoCoreError, ClientError

from integrations.domain.errors import Unavailable
from integrations.domain.plan_rate import PlanRate
from integrations.storage import keys
from integrations.storage.expressions import Update
from integrations.storage.table import ConditionFailed, Table

KEPT_SECONDS = 3_600
REMEMBERED_MAXIMUM = 1_000
_TRIES_MAXIMUM = 3


class PlanBucketStore:
    """One item per project and plan. Remembers what it saw last, so that its first guess is mostly right: a call takes
    one update, and a second one where another process has begun or ended a burst meanwhile."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._full_at: dict[tuple[str, str], int] = {}

    def take(self, project_id: str, plan: str, rate: PlanRate, now: int) -> int:
        """Takes a token: 0, or how many milliseconds to wait for one. Raises `Unavailable` for whatever keeps the
        bucket from being changed, a missing permission too: no call fails for it."""
        full_at = self._full_at.get((project_id, plan), 0)
        for _ in range(_TRIES_MAXIMUM):
            try:
                self._table.write(_taken(project_id, plan, rate, now, is_full=full_at <= now))
            except ConditionFailed as refusal:
                full_at = refusal.found["fullAt"] if refusal.found else 0
                if wait := rate.wait_ms(full_at, now):
                    self._remember(project_id, plan, full_at)
                    return wait
            except (BotoCoreError, ClientError) as error:
                raise Unavailable(f"the plan's bucket was not changed: {error}") from error
            else:
                self._remember(project_id, plan, rate.full_at_after(full_at, now))
                return 0
        raise Unavailable(f"the plan's bucket changed {_TRIES_MAXIMUM} times while a token was taken from it")

    def _remember(self, project_id: str, plan: str, full_at: int) -> None:
        if len(self._full_at) >= REMEMBERED_MAXIMUM:
            self._full_at.clear()
        self._full_at[project_id, plan] = full_at


def _taken(project_id: str, plan: str, rate: PlanRate, now: int, *, is_full: bool) -> Update:
    moved, condition = (
        (":now + :interval", "attribute_not_exists(#pk) OR #fullAt <= :now")
        if is_full
        else ("#fullAt + :interval", "#fullAt > :now AND #fullAt <= :maximum")
    )
    values = {
        "now": now,
        "interval": rate.interval_ms,
        "maximum": rate.full_at_maximum(now),
        "expiresAt": now // 1_000 + KEPT_SECONDS,
    }
    changes = f"SET #fullAt = {moved}, #expiresAt = :expiresAt"
    return Update(keys.plan_bucket(project_id, plan), changes, condition, values)
