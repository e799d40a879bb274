"""How a status and its reason change, in the words of an update expression."""

from typing import Any

from integrations.domain.integration import StatusReason


def status_changes(status: str | None, reason: StatusReason | None) -> tuple[list[str], list[str], dict[str, Any]]:
    """What to set, what to remove, and the values. A new status brings its reason or takes the old one away; a reason
    alone leaves the status as it is; neither changes nothing."""
    sets: list[str] = []
    values: dict[str, Any] = {}
    if status is not None:
        sets.append("#status = :status")
        values["status"] = status
    if reason is not None:
        sets.append("#statusReason = :reason")
        values["reason"] = {"code": reason.code, "message": reason.message, "at": reason.at}
    removes = ["#statusReason"] if status is not None and reason is None else []
    return sets, removes, values


def update_expression(sets: list[str], removes: list[str]) -> str:
    """The expression, empty where nothing changes."""
    parts = [f"{word} {', '.join(clauses)}" for word, clauses in (("SET", sets), ("REMOVE", removes)) if clauses]
    return " ".join(parts)
