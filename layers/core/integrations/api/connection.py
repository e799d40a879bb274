"""A connection test's report as this API shows it."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from integrations.providers.contract import ConnectionReport


def connection_answer(report: "ConnectionReport") -> dict[str, Any]:
    """Without `meta` where there is nothing to explain."""
    answer: dict[str, Any] = {"data": {"connected": report.connected, "latencyMs": report.latency_ms}}
    if report.diagnosis is not None:
        diagnosis = asdict(report.diagnosis)
        answer["meta"] = {"diagnosis": diagnosis | {"suggestions": list(report.diagnosis.suggestions)}}
    return answer
