"""Page views that land on the articles that were viewed."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from tests.chaos.scenarios.posthog import PostHogScenario
from tests.chaos.scenarios.scenario import Place, differences

ARTICLES = 8
SITE = "https://www.example.com"
ENDINGS = ("", "/", "?utm_source=chaos", "#top")
OLDEST_HOURS, NEWEST_HOURS = 20 * 24, 30


class PostHogPageviews(PostHogScenario):
    """More views come in, of whole days that are over; one page is no article's."""

    directions: ClassVar[tuple[str, ...]] = ("pull",)

    def __init__(self, place: Place, number: int) -> None:
        super().__init__(place, number)
        self._views: dict[str, list[str]] = {f"/articles/{each}": [] for each in range(ARTICLES)}

    def definition(self) -> dict[str, Any]:
        """Matched by path."""
        match = {"source": "fields.path", "target": "url"}
        return self.posthog("pageviews", {"views": "views", "visitors": "visitors"}, match=match)

    def begin(self) -> None:
        """Articles here, views there."""
        for path in self._views:
            self.write(f"{self.place.tag}{path}", path=path)
            self._view(path)
        self._view("/pricing")

    def edit(self) -> None:
        """Some are viewed again."""
        for path in self.place.random.sample(sorted(self._views), 3):
            self._view(path)

    def violations(self) -> Iterable[str]:
        """By path."""
        expected = {
            path: {"path": path, "views": len(visitors), "visitors": len(set(visitors))}
            for path, visitors in self._views.items()
        }
        found, doubled = self.fields_by("path")
        yield from differences("entities", expected, found, doubled)

    def remote_id(self, entity_id: str, fields: Mapping[str, Any]) -> str:
        """The page's address as it was when it was first pulled, which a link keeps."""
        return f"{SITE}{fields['path']}"

    def counts(self) -> Mapping[str, int]:
        """All articles, and the page that is nobody's."""
        return {"pull": len(self._views) + 1}

    def _view(self, path: str) -> None:
        random = self.place.random
        made = []
        for _ in range(random.randint(1, 5)):
            visitor, ending = f"visitor-{random.randrange(6)}", random.choice(ENDINGS)
            # The first view is of the plain address, so that what the link keeps doesn't hang on chance.
            address = f"{SITE}{path}{ending if self._views.get(path) else ''}"
            self._views.get(path, []).append(visitor)
            at = self.hours_ago(random.uniform(NEWEST_HOURS, OLDEST_HOURS))
            properties = {"$current_url": address, "$process_person_profile": False}
            made.append({"event": "$pageview", "distinct_id": visitor, "timestamp": at, "properties": properties})
        self.seed(*made)
