"""The services behind the stack, driven by their simulators' admin routes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

SERVICE_FIELDS = frozenset({"_id", "_type", "_rev", "_createdAt", "_updatedAt"})


@dataclass(frozen=True)
class Simulator:
    """Any service's. `access` is what `.local/stack.json` says of it: addresses, and what opens it."""

    access: Mapping[str, Any]

    def admin(self, method: str, route: str, body: object = None, /, **parameters: str) -> Any:
        """An admin route's answer; fails on anything but 200."""
        answer = httpx.request(method, f"{self.access['adminUrl']}/{route}", json=body, params=parameters, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def requests(self, path: str = "") -> list[dict[str, Any]]:
        """The requests since the log was cleared; of those whose path contains `path`."""
        return list(self.admin("GET", "requests", path=path)["requests"])

    def forget_requests(self) -> None:
        """Empties the log of requests."""
        self.admin("DELETE", "requests")

    def fault(self, **fault: object) -> None:
        """Orders a fault for coming requests."""
        self.admin("POST", "faults", {"faults": [fault]})

    def forget_faults(self) -> None:
        """Drops the faults still to come."""
        self.admin("DELETE", "faults")


@dataclass(frozen=True)
class SanitySimulator(Simulator):
    """Sanity's, in its own words."""

    def documents(self, document_type: str) -> dict[str, dict[str, Any]]:
        """The documents of a type by id, without the service's own fields."""
        found = self.admin("GET", "dump")["documents"]
        return {
            document["_id"]: {key: value for key, value in document.items() if key not in SERVICE_FIELDS}
            for document in found
            if document["_type"] == document_type
        }

    def mutations(self) -> list[dict[str, Any]]:
        """The mutate requests since the log was cleared, without dry runs."""
        return [each for each in self.requests("/data/mutate/") if each["query"].get("dryRun") != "true"]

    def edit(self, document_id: str, **values: object) -> None:
        """What an editor does in the Studio."""
        self.admin("POST", "edit", {"id": document_id, "set": values})
