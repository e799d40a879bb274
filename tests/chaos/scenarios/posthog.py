"""PostHog: each scenario has a project of its own there, so that nobody else's records are pulled."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from tests.chaos.scenarios.scenario import Place, Scenario

FIRST_PROJECT = 70_000


class PostHogScenario(Scenario):
    """What all of them have."""

    service: ClassVar[str] = "posthog"

    def __init__(self, place: Place, number: int) -> None:
        super().__init__(place)
        self.project_id = FIRST_PROJECT + number

    @property
    def key(self) -> str:
        """The personal API key."""
        return f"phx_{self.place.tag}"

    @property
    def token(self) -> str:
        """The project's token."""
        return f"phc_{self.place.tag}"

    def posthog(self, remote_type: str, mappings: dict[str, str], **config: Any) -> dict[str, Any]:
        """The definition."""
        url = self.simulator.access["url"]
        where = {"projectId": str(self.project_id), "apiHost": url, "ingestHost": url}
        where |= {"entityTypes": {self.entity_type: remote_type}, **config}
        return self.integration(where, mappings, personalApiKey=self.key, projectToken=self.token)

    def seed(self, *documents: dict[str, Any]) -> None:
        """Events and persons as another client has sent them."""
        self.simulator.admin("POST", "seed", {"documents": list(documents), "projectId": self.project_id})

    def dump(self, kind: str) -> list[dict[str, Any]]:
        """The project's `events` or `persons`."""
        found = self.simulator.admin("GET", "dump", kind=kind, projectId=str(self.project_id))
        return list(found["documents"])

    def hours_ago(self, hours: float) -> str:
        """A time as PostHog takes it."""
        return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()

    def service_state(self) -> object:
        """Its events and persons."""
        return self.dump("events"), self.dump("persons")
