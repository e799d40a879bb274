"""Answers of queries, kept for a while: `refresh: blocking` may take them instead of asking again."""

from typing import Any


class QueryCache:
    """The last answer of each query, by the query's name; use it under the warehouse's lock."""

    def __init__(self) -> None:
        self._answers: dict[str, tuple[float, dict[str, Any]]] = {}

    def answer(self, name: str, now: float, seconds: float) -> dict[str, Any] | None:
        """The answer that was kept less than `seconds` ago."""
        kept_at, answer = self._answers.get(name, (float("-inf"), None))
        return answer if now - kept_at < seconds else None

    def keep(self, name: str, now: float, answer: dict[str, Any]) -> None:
        """Keeps an answer."""
        self._answers[name] = (now, answer)

    def clear(self) -> None:
        """Forgets everything."""
        self._answers.clear()
