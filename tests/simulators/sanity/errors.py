"""Sanity's error answers, in the forms its own client parses (PROVIDERS 1.7; @sanity/client `src/http/errors.ts`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from tests.simulators.exchange import Answer, json_answer


class Refused(Exception):
    """The request ends with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"HTTP {answer.status}: {answer.body[:200]!r}")
        self.answer = answer


class MutationFailed(Exception):
    """One mutation of a transaction can't be done; `error` is its entry in `items`."""

    def __init__(self, status: int, kind: str, description: str, **more: Any) -> None:
        super().__init__(description)
        self.status = status
        self.error = {"type": kind, "description": description, **more}


@dataclass(frozen=True, slots=True)
class FailedItem:
    """Where in the request a mutation failed, and why."""

    index: int
    failure: MutationFailed


def invalid(description: str, value: Any = None) -> MutationFailed:
    """A mutation that could never be applied; `value` is the offending part."""
    more = {} if value is None else {"value": value}
    return MutationFailed(400, "validationError", description, **more)


def boom(status: int, message: str, code: str | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    """The `{statusCode, error, message}` form that everything but queries and mutations answers with."""
    body: dict[str, Any] = {"statusCode": status, "error": HTTPStatus(status).phrase, "message": message}
    if code:
        body["errorCode"] = code
    return json_answer(status, body, headers)


def described(status: int, kind: str, description: str, **more: Any) -> Answer:
    """The `{error: {type, description}}` form of the data store."""
    return json_answer(status, {"error": {"type": kind, "description": description, **more}})


def unauthorized(code: str) -> Answer:
    """401 for a token that is unknown (`SIO-401-ANF`), another project's (`-AWH`) or expired (`-AEX`)."""
    messages = {
        "SIO-401-ANF": "Session not found",
        "SIO-401-AWH": "Session does not match project host",
        "SIO-401-AEX": "Session has expired",
    }
    return boom(401, messages[code], code)


def query_error(status: int, kind: str, query: str, description: str, start: int, end: int) -> Answer:
    """An error in a query, pointing at the characters `start` to `end` of it, both included."""
    return described(status, kind, description, query=query, start=start, end=end)


def mutation_error(items: Sequence[FailedItem], *, with_indexes: bool, note: str = "") -> Answer:
    """The whole transaction's answer; its status is 400 if anything was invalid, else that of the first failure."""
    statuses = [item.failure.status for item in items]
    listed: list[dict[str, Any]] = [{"index": item.index, "error": item.failure.error} for item in items]
    if not with_indexes:
        listed = [{"error": entry["error"]} for entry in listed]
    description = f"Mutation(s) failed with {len(items)} error(s)"
    status = 400 if 400 in statuses else statuses[0]
    return described(status, "mutationError", f"{description}: {note}" if note else description, items=listed)
