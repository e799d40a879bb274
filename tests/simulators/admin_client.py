"""Calls a simulator's admin routes, with the standard library alone."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from itertools import batched
from typing import Any
from urllib.parse import urlencode

SEED_BATCH = 2_000
TIMEOUT_SECONDS = 60


class AdminError(RuntimeError):
    """An admin route refused; the message is its answer."""


class AdminClient:
    """Drives one simulator at `admin_url` (ending in `/__sim`), whoever started it."""

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def health(self) -> dict[str, Any]:
        """Says which service it simulates."""
        return self._call("GET", "health")

    def configuration(self) -> dict[str, Any]:
        """Every switch with its value."""
        return dict(self._call("GET", "config")["config"])

    def configure(self, **switches: Any) -> dict[str, Any]:
        """Changes switches, by their camelCase names."""
        return dict(self._call("POST", "config", switches)["config"])

    def set_clock(self, **change: Any) -> dict[str, Any]:
        """Moves the service's clock: `now`, `advanceSeconds`, `frozen`, or `real=True`."""
        return self._call("POST", "clock", change)

    def add_fault(self, kind: str, *, match: Mapping[str, Any] | None = None, **options: Any) -> None:
        """Orders a fault; see `tests.simulators.faults` for kinds and options."""
        self._call("POST", "faults", {"faults": [{"kind": kind, "match": dict(match or {}), **options}]})

    def clear_faults(self) -> None:
        """Drops the faults still to come."""
        self._call("DELETE", "faults")

    def faults(self) -> list[dict[str, Any]]:
        """The faults still to come."""
        return list(self._call("GET", "faults")["faults"])

    def requests(self, path: str = "", method: str = "") -> list[dict[str, Any]]:
        """The requests that arrived, oldest first; of those whose path contains `path`."""
        return list(self._call("GET", f"requests?{urlencode({'path': path, 'method': method})}")["requests"])

    def clear_requests(self) -> None:
        """Empties the request log."""
        self._call("DELETE", "requests")

    def reset(self) -> None:
        """Returns to how it started: nothing stored, no faults, an empty log, the real clock."""
        self._call("POST", "reset", {})

    def seed(self, documents: Iterable[Mapping[str, Any]]) -> int:
        """Stores documents as they are, visible at once; returns how many."""
        batches = batched(documents, SEED_BATCH, strict=False)
        return sum(self._call("POST", "seed", {"documents": list(batch)})["seeded"] for batch in batches)

    def dump(self, **filters: str) -> list[dict[str, Any]]:
        """What is stored, sorted by id; `id` or `type` choose."""
        return list(self._call("GET", f"dump?{urlencode(filters)}")["documents"])

    def edit(
        self,
        document_id: str,
        *,
        set: Mapping[str, Any] | None = None,
        unset: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Changes a document as an editor would; returns it."""
        change = {"id": document_id, "set": dict(set or {}), "unset": list(unset)}
        return dict(self._call("POST", "edit", change)["document"])

    def delete(self, document_id: str) -> None:
        """Deletes a document as an editor would."""
        self._call("POST", "edit", {"id": document_id, "delete": True})

    def settle(self) -> int:
        """Lets the query index catch up; returns how many writes it had held back."""
        return int(self._call("POST", "settle", {})["settled"])

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Calls an admin route that only one service has."""
        return self._call(method, path, body)

    def _call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._admin_url}/{path}", data=content, method=method)
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            message = f"{method} {path}: HTTP {error.code}: {error.read().decode()}"
            raise AdminError(message) from error
