"""What has been done to whom, counted once it really hit: how often it has to, where it can't and why."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

SERVICES = ("sanity", "google_search_console", "posthog", "loops")
LOST_ACKNOWLEDGEMENT = "lost acknowledgement"
KILLED, DROPPED, DUPLICATED = "killed worker", "dropped wake-up", "duplicated wake-up"
FAULT_KINDS = (
    "reset before",
    "reset after",
    "reset mid-body",
    LOST_ACKNOWLEDGEMENT,
    "hang",
    "429 with Retry-After",
    "429 without",
    "500",
    "503",
    "truncated body",
    "malformed body",
)
KINDS = (*FAULT_KINDS, KILLED, DROPPED, DUPLICATED)
HITS_EACH, HITS_TOGETHER = 10, 200
IMPOSSIBLE: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        (LOST_ACKNOWLEDGEMENT, "google_search_console"): "nothing is ever written there, so no write can go unanswered",
    }
)
"""Why a kind can't hit a service."""


class Tally:
    """Hits by kind and service."""

    def __init__(self) -> None:
        self.hits: Counter[tuple[str, str]] = Counter()

    def add(self, kind: str, service: str, count: int = 1) -> None:
        """Counts hits."""
        self.hits[kind, service] += count

    def lacks(self, kind: str, service: str) -> int:
        """How many hits are still to come."""
        return 0 if (kind, service) in IMPOSSIBLE else max(0, HITS_EACH - self.hits[kind, service])

    @property
    def missing(self) -> int:
        """How many hits are still to come, of all kinds and services."""
        return sum(self.lacks(*each) for each in _combinations())

    @property
    def is_full(self) -> bool:
        """Whether everything has hit everybody often enough."""
        return self.hits.total() >= HITS_TOGETHER and not self.missing

    def violations(self) -> list[str]:
        """What hit too rarely to prove anything."""
        rare = [f"{kind} hit {service} {self.hits[kind, service]} times" for kind, service in _combinations()]
        missing = [each for each, lacking in zip(rare, _combinations(), strict=True) if self.lacks(*lacking)]
        few = [f"only {self.hits.total()} faults hit"] if self.hits.total() < HITS_TOGETHER else []
        return [f"too little chaos: {each}" for each in (*few, *missing)]


def _combinations() -> list[tuple[str, str]]:
    return [(kind, service) for kind in KINDS for service in SERVICES]
