"""Generated ids: a fixed sequence, so that a run can be repeated."""

import hashlib
import itertools
import threading


class IdentifierSequence:
    """Hands out ids that look random and come in the same order in every process."""

    def __init__(self, start: int = 1) -> None:
        self._lock = threading.Lock()
        self._counter = itertools.count(start)
        self.issued = start - 1

    def next(self, length: int = 22) -> str:
        """An id of `length` hexadecimal digits."""
        with self._lock:
            self.issued = next(self._counter)
        return hashlib.sha256(f"simulated-{self.issued}".encode()).hexdigest()[:length]
