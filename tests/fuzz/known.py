"""What schemathesis can't know: which ids there are. Runs in schemathesis' own environment, so only on the standard
library and requests.
"""

import json
import os
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

KNOWN_PERCENT = 85
FOREIGN_PERCENT = 5
EXAMPLE_PERCENT = 60
NAMES = ({"name": "Renamed"}, {"status": "inactive"}, {"status": "active"}, {"schedule": None})
CHANGING = frozenset({"delete_integration", "put_credentials", "update_integration"})
CALL_SECONDS = 30
READ_ONLY = "google_search_console"


class Known:
    """The world of `tests.fuzz.world`, as one run with one key sees it. `level` names the key."""

    def __init__(self) -> None:
        self.level = os.environ["FUZZ_KEY"]
        self.world: dict[str, Any] = json.loads(Path(os.environ["FUZZ_WORLD"]).read_text())
        self.key: str = self.world["keys"][self.level]
        self._random = random.Random(int(os.environ.get("FUZZ_SEED", "1")))
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {self.world['keys']['admin']}"

    def chance(self, percent: int) -> bool:
        """True that often."""
        return self._random.randrange(100) < percent

    def project(self) -> str | None:
        """What X-Project-Id is set to; mostly nothing."""
        if self.chance(90):
            return None
        return self.world["project_id"] if self.chance(70) else self.world["foreign_project_id"]

    def path_value(self, name: str, operation: str, given: str) -> str:
        """An id for a path's parameter, or what was given. Schemathesis learns ids from answers: what others need to
        stay as it is isn't changed by that."""
        if self.chance(FOREIGN_PERCENT):
            return str(self.world["foreign"][name])
        is_needed = operation in CHANGING and given in (*self.world["ready"], *self.world["changing"])
        if not is_needed and not self.chance(KNOWN_PERCENT):
            return given
        if name == "job_id":
            return self._new_job() if operation == "cancel_job" else self._one_of(self.world["jobs"])
        if operation == "delete_integration":
            return self._new_integration()
        return self._one_of(self.world["changing" if operation in CHANGING else "ready"])

    def body(self, operation: str, path: Mapping[str, Any], given: Any) -> Any:
        """A body that will do, None to leave what was generated."""
        if not self.chance(EXAMPLE_PERCENT):
            return None
        integration = str(path.get("integration_id", ""))
        match operation:
            case "create_integration":
                return self._definition(self._one_of(self.world["definitions"]))
            case "update_integration":
                return self._random.choice(NAMES)
            case "put_credentials":
                return self._credentials(integration)
            case "trigger_sync" | "preview_sync":
                return self._in_a_direction_that_it_has(integration, given)

        return None

    def version(self, path: Mapping[str, Any]) -> str | None:
        """The integration's version now, None if it can't be known."""
        integration = path.get("integration_id")
        if integration not in self.world["changing"] or self.level != "admin":
            return None
        answer = self._session.get(self._url(f"/integrations/{integration}"), timeout=CALL_SECONDS)
        return str(answer.json()["data"]["version"]) if answer.ok else None

    def _one_of(self, values: Any) -> str:
        return self._random.choice(list(values))

    def _definition(self, service: str) -> dict[str, Any]:
        given = self.world["definitions"][service]
        return {name: value for name, value in given.items() if name != "credentials"}

    def _credentials(self, integration: str) -> Any:
        service = self.world["changing"].get(integration)
        return self.world["definitions"][service]["credentials"] if service else None

    def _in_a_direction_that_it_has(self, integration: str, given: Any) -> Any:
        """What was generated, but for what the service hasn't: Search Console is only read, and never by entity."""
        if self.world["ready"].get(integration) != READ_ONLY or not isinstance(given, dict):
            return None
        return {**{name: value for name, value in given.items() if name != "entityIds"}, "direction": "pull"}

    def _new_integration(self) -> str:
        """One to be deleted; a key that may not gets one that is there."""
        if self.level != "admin":
            return self._one_of(self.world["changing"])
        return self._made("/integrations", self._definition("sanity"))["id"]

    def _new_job(self) -> str:
        """One that nobody can have finished yet; a key that may not gets an old one."""
        if self.level == "read":
            return self._one_of(self.world["jobs"])
        integration = next(id for id, service in self.world["ready"].items() if service != READ_ONLY)
        return self._made(f"/integrations/{integration}/sync", {"entityIds": ["x"]})["jobId"]

    def _made(self, path: str, body: Mapping[str, Any]) -> dict[str, str]:
        answer = self._session.post(self._url(path), json=body, timeout=CALL_SECONDS)
        answer.raise_for_status()
        made: dict[str, str] = answer.json()["data"]
        return made

    def _url(self, path: str) -> str:
        return f"{self.world['api_url']}/api/v1{path}"
