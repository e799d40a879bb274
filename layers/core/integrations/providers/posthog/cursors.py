"""The place of a pull: which kind is being read, how far, and what shows that the service goes in circles."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from integrations.domain.errors import RetryLater
from integrations.providers.posthog.records import Kind

Place = Mapping[str, Any]
"""Plain JSON by which one kind's next page is found; None is its beginning."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """`since` is the run's watermark, `latest` the greatest time read so far.

    An earlier place is kept as `anchor`, and replaced after 1, 2, 4, 8 … `steps`: so a circle of any length is noticed
    with one place remembered (R. P. Brent, BIT 20, 1980).
    """

    kind: str | None = None
    place: Place | None = None
    since: str | None = None
    latest: str | None = None
    anchor: Place | None = None
    steps: int = 0
    steps_maximum: int = 1

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """What `as_json` gave."""
        return cls(**stored)

    def as_json(self) -> dict[str, Any]:
        """The cursor as it is stored."""
        return asdict(self)

    def entering(self, kind: Kind) -> "Cursor":
        """At the beginning of a kind's records."""
        return Cursor(kind=kind.value, since=self.since, latest=self.latest)

    def moved(self, place: Place, latest: str | None) -> "Cursor":
        """After a page. Raises `RetryLater` for a place where the run has been."""
        if place in (self.place, self.anchor):
            raise RetryLater("PostHog gave the same page twice", code="repeated_page")
        is_due = self.steps + 1 >= self.steps_maximum
        return replace(
            self,
            place=place,
            latest=latest,
            anchor=place if is_due else self.anchor,
            steps=0 if is_due else self.steps + 1,
            steps_maximum=self.steps_maximum * 2 if is_due else self.steps_maximum,
        )
