"""From a request to what the client gets, faults included, as a plan that the server then puts on the wire."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email.utils import formatdate
from enum import Enum

from tests.simulators.exchange import Answer, Request
from tests.simulators.faults import AFTER_HANDLING, BEFORE_HANDLING, Fault
from tests.simulators.service import RefusesForReasons, Service


class Ending(Enum):
    """How the connection goes on."""

    WHOLE = "the answer is sent whole"
    RESET = "nothing is sent, the connection is reset"
    RESET_MID_BODY = "half the body is sent, then the connection is reset"
    TRUNCATED = "half the body is sent, then the connection is closed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """An answer and how much of it arrives."""

    answer: Answer
    ending: Ending = Ending.WHOLE


_ENDINGS = {
    "hang_before": Ending.RESET,
    "hang_after": Ending.RESET,
    "reset_before": Ending.RESET,
    "reset_after": Ending.RESET,
    "reset_mid_body": Ending.RESET_MID_BODY,
    "truncated_body": Ending.TRUNCATED,
}


def deliver(service: Service, request: Request, faults: Sequence[Fault]) -> Delivery:
    """Handles the request as the faults have it: of those that end it, the first of each moment counts."""
    for fault in faults:
        if fault.kind == "latency":
            time.sleep(fault.delay_ms / 1000)
    for fault in faults:
        if fault.kind in BEFORE_HANDLING or (fault.kind == "status" and not fault.applied):
            return _afflicted(service, fault, Answer(0))
    answer = service.answer(request)
    for fault in faults:
        if fault.kind in AFTER_HANDLING or fault.kind == "status":
            return _afflicted(service, fault, answer)
    return Delivery(answer)


def _afflicted(service: Service, fault: Fault, answer: Answer) -> Delivery:
    if fault.kind == "status":
        return Delivery(_with_retry_after(_refusal(service, fault), fault))
    if fault.kind == "malformed_json":
        return Delivery(replace(answer, body=answer.body[: len(answer.body) // 2] + b'<html>"'))
    if fault.kind in {"hang_before", "hang_after"}:
        time.sleep(fault.delay_ms / 1000)
    return Delivery(answer, _ENDINGS[fault.kind])


def _refusal(service: Service, fault: Fault) -> Answer:
    if fault.reason and isinstance(service, RefusesForReasons):
        return service.refusal_for(fault.status, fault.reason)
    return service.refusal(fault.status)


def _with_retry_after(answer: Answer, fault: Fault) -> Answer:
    if fault.retry_after_seconds is None:
        return answer
    text = str(fault.retry_after_seconds)
    if fault.retry_after_form == "date":
        text = formatdate(time.time() + fault.retry_after_seconds, usegmt=True)
    return replace(answer, headers={**answer.headers, "retry-after": text})
