"""What schemathesis can't know: which ids there are, which of them may be changed, and of what version they are.

Runs in schemathesis' own environment, so on the standard library and requests.
"""

import json
import os
import random
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import requests

from tests.fuzz.deliveries import NAMED
from tests.fuzz.deliveries import OPERATION as DELIVERY

KNOWN_PERCENT = 90
LEARNED_PERCENT = 30
FOREIGN_PERCENT = 5
CHANGING_PERCENT = 10
CHANGING = frozenset({"delete_integration", "put_credentials", "update_integration"})
MEASURING = frozenset({"google_search_console", "posthog"})
"""The demo only reads figures with these: there is no other direction, and no entity to ask for."""
LEARNED = re.compile(r"(int_)?[0-9a-hjkmnp-tv-z]{26}", re.IGNORECASE)
"""An id of ours, which schemathesis has then seen in an answer."""
CALL_SECONDS = 30


class Known:
    """The world of `tests.fuzz.world`, as one run with one key sees it. `level` names the key."""

    def __init__(self) -> None:
        self.level = os.environ["FUZZ_KEY"]
        self.world: dict[str, Any] = json.loads(Path(os.environ["FUZZ_WORLD"]).read_text())
        self.key: str = self.world["keys"][self.level]
        self._random = random.Random(int(os.environ["FUZZ_SEED"]))
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {self.world['keys']['admin']}"

    def chance(self, percent: int) -> bool:
        """True that often."""
        return self._random.randrange(100) < percent

    def one_of(self, values: Iterable[Any]) -> Any:
        """Any of them."""
        return self._random.choice(list(values))

    def service(self, integration: str) -> str | None:
        """The service of an integration that was furnished."""
        return {**self.world["ready"], **self.world["changing"]}.get(integration)

    def webhooks(self) -> Mapping[str, str]:
        """The integrations that take webhooks, and whose."""
        return {id: service for id, service in self.world["ready"].items() if service in NAMED}

    def path_value(self, name: str, operation: str, given: str) -> str:
        """An id for a path's parameter, or what was given, at times: but nothing that others need is changed."""
        if self.chance(FOREIGN_PERCENT):
            return str(self.world["foreign"][name])
        is_needed = operation in CHANGING and self.service(given) is not None
        if not is_needed and self.chance(LEARNED_PERCENT if LEARNED.fullmatch(given) else 100 - KNOWN_PERCENT):
            return given
        if name == "job_id":
            return self._new_job() if operation == "cancel_job" else str(self.one_of(self.world["jobs"]))
        if operation == "delete_integration":
            return self._new_integration()
        return self._integration_for(operation)

    def headers(self, operation: str, path: Mapping[str, Any]) -> dict[str, str]:
        """Those that matter: mostly no X-Project-Id, and the version that a change is made from."""
        headers = {}
        if self.chance(10):
            headers["X-Project-Id"] = self.world["project_id" if self.chance(70) else "foreign_project_id"]
        if operation == "update_integration" and self.chance(80) and (version := self._version(path)):
            headers["If-Match"] = version
        return headers

    def _integration_for(self, operation: str) -> str:
        if operation == DELIVERY:
            return str(self.one_of(self.webhooks()))
        if operation in CHANGING or self.chance(CHANGING_PERCENT):
            return str(self.one_of(self.world["changing"]))
        if operation == "preview_sync" and self.chance(90):
            return str(self.one_of(id for id, service in self.world["ready"].items() if service not in MEASURING))
        return str(self.one_of(self.world["ready"]))

    def _version(self, path: Mapping[str, Any]) -> str | None:
        """The integration's version now, None if it can't be known."""
        integration = path.get("integration_id")
        if integration not in self.world["changing"] or self.level != "admin":
            return None
        answer = self._session.get(self._url(f"/integrations/{integration}"), timeout=CALL_SECONDS)
        return str(answer.json()["data"]["version"]) if answer.ok else None

    def _new_integration(self) -> str:
        """One to be deleted; a key that may not gets one that is there."""
        if self.level != "admin":
            return str(self.one_of(self.world["changing"]))
        definition = self.world["definitions"]["sanity"]
        return self._made("/integrations", {name: definition[name] for name in ("type", "name", "config")})["id"]

    def _new_job(self) -> str:
        """One that nobody can have finished yet; a key that may not gets an old one."""
        if self.level == "read":
            return str(self.one_of(self.world["jobs"]))
        integration = next(id for id, service in self.world["ready"].items() if service not in MEASURING)
        return self._made(f"/integrations/{integration}/sync", {"entityIds": ["x"]})["jobId"]

    def _made(self, path: str, body: Mapping[str, Any]) -> dict[str, str]:
        answer = self._session.post(self._url(path), json=body, timeout=CALL_SECONDS)
        answer.raise_for_status()
        made: dict[str, str] = answer.json()["data"]
        return made

    def _url(self, path: str) -> str:
        return f"{self.world['api_url']}/api/v1{path}"
