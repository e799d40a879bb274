"""What is taken of one rate limit of one holder, as all workers share it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """`counts` are the calls taken in each slot of time from `first_slot` on; the limit says how long a slot is.

    `version` tells states apart, 0 being the one before the first; none comes twice, even where a budget was forgotten
    meanwhile. No call passes before `closed_until` (Unix milliseconds). `calls` is how many the service itself said
    it allows in a window, where it did.
    """

    version: int = 0
    first_slot: int = 0
    counts: tuple[int, ...] = ()
    closed_until: int = 0
    calls: int | None = None

    def next_version(self, now: int) -> int:
        """The version after this one, at `now` in Unix milliseconds."""
        return max(self.version + 1, now)
