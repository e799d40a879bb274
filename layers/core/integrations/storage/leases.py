"""The lease on an integration's line, and a project's share of the workers.

The share is exact under races: whoever takes a lease adds its line to the project's holders and moves their counter on,
in the same transaction. So every leased line is among the holders; which of them still are, the lines themselves say.
Two that look at the same time can't both move the counter; the one that can't looks again. A lease that has expired
doesn't count, and can't be extended. A look costs as much as the share is large, however many lines the project has.
"""

from dataclasses import dataclass
from typing import Any

from integrations.domain.job import Lease
from integrations.storage import keys
from integrations.storage.attributes import Item
from integrations.storage.expressions import Query, Update
from integrations.storage.table import Table, TransactionRefused

ATTEMPTS_MAXIMUM = 8
REMAINS_LEFT = "left"
REMAINS_GONE = "gone"
"""`remains` of a deleted integration's line: until they are gone the line is due, then it goes itself."""


@dataclass(frozen=True, slots=True)
class LeaseTerms:
    """For how long a line is leased, how long after that it is looked at again (both in milliseconds), and how many of
    a project's lines may be leased at once.

    That look is put off to the next multiple of the grace: so a lease that is extended many times a second moves in
    DueIndex, and is paid for there, once in a grace."""

    lease_ms: int
    share_maximum: int
    grace_ms: int = 5_000

    def until(self, now: int) -> dict[str, Any]:
        """The values of a lease from now on: `:expires`, and `:due`, when its line is due if its holder vanishes."""
        expires_at = now + self.lease_ms
        due_at = -(-(expires_at + self.grace_ms) // self.grace_ms) * self.grace_ms
        return {"expires": expires_at, "due": due_at, "shard": keys.DUE_SHARD}


EXTENDING = "#leaseExpiresAt = :expires, #dueAt = :due, #dueShard = :shard, #recoveries = :recoveries"
"""What both taking and extending a lease set, in an update expression."""


def is_leased(line: Item, now: int) -> bool:
    """Whether somebody may work on the line at `now` (Unix milliseconds)."""
    return "owner" in line and bool(line["leaseExpiresAt"] > now)


def is_due(line: Item, now: int) -> bool:
    """Whether the line has unfinished jobs, nobody works on them, and it is time."""
    return "dueAt" in line and bool(line["dueAt"] <= now) and not is_leased(line, now)


def lines_of_project(table: Table, project_id: str) -> list[Item]:
    """All lines of the project, as they are now."""
    return list(table.query(Query("#pk = :pk", {"pk": keys.lines(project_id)}, consistent=True)))


def acquire(
    table: Table, terms: LeaseTerms, project_id: str, integration_id: str, owner: str, now: int
) -> Lease | None:
    """The lease, or None while it is held, the project has its share, or too many others are taking leases."""
    for _ in range(ATTEMPTS_MAXIMUM):
        share = table.get(keys.share(project_id)) or {}
        candidates = {integration_id, *share.get("holders", ())}
        lines = {line["sk"]: line for line in table.batch_get(keys.line(project_id, each) for each in candidates)}
        holders = sorted(each for each, line in lines.items() if is_leased(line, now))
        if integration_id in holders or len(holders) >= terms.share_maximum:
            return None
        line = lines.get(integration_id, {})
        lease = _lease_after(line, terms, project_id, integration_id, owner, now)
        moving = _moving(project_id, share.get("acquisitions", 0), [*holders, integration_id])
        try:
            table.transact({"line": _taking(line, lease, terms, now), "share": moving})
        except TransactionRefused:
            continue
        return lease
    return None


def _lease_after(line: Item, terms: LeaseTerms, project_id: str, integration_id: str, owner: str, now: int) -> Lease:
    """A lease that nobody gave back is a recovery."""
    recoveries = line.get("recoveries", 0) + ("owner" in line)
    fence, expires_at = line.get("fence", 0) + 1, now + terms.lease_ms
    deleted = line.get("remains") == REMAINS_LEFT
    return Lease(project_id, integration_id, owner, fence, expires_at, recoveries, deleted)


def _taking(line: Item, lease: Lease, terms: LeaseTerms, now: int) -> Update:
    """On the condition that the line is as it was seen: with the fence of the last holder, who is gone or overdue."""
    fence = "#fence = :seen" if "fence" in line else "attribute_not_exists(#fence)"
    gone = "#owner = :gone AND #leaseExpiresAt <= :now" if "owner" in line else "attribute_not_exists(#owner)"
    changes = (
        f"SET {EXTENDING}, #owner = :owner, #fence = :fence, #arrivals = if_not_exists(#arrivals, :zero), "
        "#projectId = :project, #integrationId = :integration"
    )
    values = {
        **terms.until(now),
        "now": now,
        "seen": line.get("fence"),
        "gone": line.get("owner"),
        "owner": lease.owner,
        "fence": lease.fence,
        "recoveries": lease.recoveries,
        "zero": 0,
        "project": lease.project_id,
        "integration": lease.integration_id,
    }
    return Update(keys.line(lease.project_id, lease.integration_id), changes, f"{fence} AND {gone}", values)


def _moving(project_id: str, acquisitions: int, holders: list[str]) -> Update:
    condition = "#acquisitions = :seen" if acquisitions else "attribute_not_exists(#acquisitions)"
    values = {"seen": acquisitions, "next": acquisitions + 1, "holders": holders}
    return Update(keys.share(project_id), "SET #acquisitions = :next, #holders = :holders", condition, values)
