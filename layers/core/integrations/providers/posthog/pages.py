"""What reading pages of any kind has in common."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from integrations.domain.errors import PayloadTooLarge
from integrations.providers.contract import Notice, RemoteRecord
from integrations.providers.posthog.client import malformed
from integrations.providers.posthog.cursors import Place

PAGE_RECORDS = 1_000
"""What is asked for at a time. PostHog cuts greater numbers down without a word, with status 200, so the size of an
answer never tells whether it was the last one."""


@dataclass(frozen=True, slots=True)
class KindPage:
    """A page of one kind of records; without `next_place` it was the kind's last. `latest` is the greatest time read
    so far, where the kind has one."""

    records: tuple[RemoteRecord, ...]
    next_place: Place | None
    latest: str | None = None
    notices: tuple[Notice, ...] = ()


class PageSize:
    """How many records are asked for: fewer, from then on, where their answer is too large."""

    def __init__(self) -> None:
        self._records = PAGE_RECORDS

    def ask[T](self, ask: Callable[[int], T]) -> T:
        """The answer to `ask`, given the number. Raises `PayloadTooLarge` where a single record is too large."""
        while True:
            try:
                return ask(self._records)
            except PayloadTooLarge:
                if self._records == 1:
                    raise
                self._records //= 2


def one_of(column: str, name: str, values: Sequence[str]) -> tuple[str, dict[str, object]]:
    """The condition that a column has one of the values, and what stands for its placeholders: one each, since lists
    as values of HogQL are documented nowhere."""
    named: dict[str, object] = {f"{name}_{number}": value for number, value in enumerate(values)}
    return f"{column} in ({', '.join(f'{{{each}}}' for each in named)})", named


def json_object(value: object, purpose: str) -> Mapping[str, object]:
    """An object, or the JSON text of one: columns of properties come as either."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise malformed(purpose) from None
    if not isinstance(value, dict):
        raise malformed(purpose)
    return value
