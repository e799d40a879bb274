"""What arrived, in order: for tests that ask how many requests were made, and which."""

import itertools
import threading
from collections import deque
from typing import Any

from tests.simulators.exchange import Request

ENTRIES_KEPT = 100_000


class RequestLog:
    """The newest arrivals. An entry is made when a request arrives and completed when it is answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._entries: deque[dict[str, Any]] = deque(maxlen=ENTRIES_KEPT)

    def arrival(self, request: Request, notes: dict[str, Any]) -> dict[str, Any]:
        """Opens the entry of a request; `status` stays None until it was answered (for ever, if it never was)."""
        entry = {
            "number": 0,
            "time": request.arrived_at,
            "method": request.method,
            "path": request.raw_path,
            "query": dict(request.query),
            "bodyBytes": len(request.body),
            "status": None,
            "milliseconds": None,
            "faults": [],
            **notes,
        }
        with self._lock:
            entry["number"] = next(self._numbers)
            self._entries.append(entry)
        return entry

    def entries(self, path_part: str = "", method: str = "") -> list[dict[str, Any]]:
        """The entries, oldest first, whose path contains `path_part` and whose method is `method`, where given."""
        with self._lock:
            entries = [dict(entry) for entry in self._entries]
        return [entry for entry in entries if path_part in entry["path"] and method in ("", entry["method"])]

    def clear(self) -> None:
        """Forgets every entry; numbers start again from 1."""
        with self._lock:
            self._entries.clear()
            self._numbers = itertools.count(1)
