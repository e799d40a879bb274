"""Schemathesis' hooks: cases get ids that exist, answers are counted, and checks of our own are added.

Only what schemathesis made in keeping with the schema is replaced: what it broke on purpose stays broken.
"""

import atexit
import json
import os
import re
import time
import uuid
from collections import Counter
from pathlib import Path
from threading import Lock
from typing import Any

import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.openapi.checks import UnsupportedMethodResponse

from tests.fuzz.bodies import body_for
from tests.fuzz.counts import OTHER_METHOD
from tests.fuzz.deliveries import OPERATION as DELIVERY
from tests.fuzz.deliveries import PROOFS, delivery, proof
from tests.fuzz.known import Known

RANKS = {"wrong": 0, "read": 1, "write": 2, "admin": 3}
NEEDED_LEVEL = re.compile(r"Needs a key of level `(\w+)`")
REFUSALS = {"no key": {401}, "too low": {403, 404}}
"""Of a project that the key doesn't serve nobody learns whether its level would do: 404."""

known = Known()
counted: Counter[tuple[str, str, int]] = Counter()
proofs: set[str] = set()
"""Of the deliveries that are signed as the service signs them."""
lock = Lock()


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Closes the answers' schemas. The document leaves them open, so that clients take fields that come later; what
    we answer has none but those that it names."""
    for schema in raw_schema["components"]["schemas"].values():
        if schema.get("properties"):
            schema.setdefault("additionalProperties", False)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Makes the case one that can succeed, where it is meant to."""
    operation = _operation(case)
    if case.path_parameters and _is_positive(case, ParameterLocation.PATH):
        for name, given in case.path_parameters.items():
            case.path_parameters[name] = known.path_value(name, operation, given)
    if _is_positive(case, ParameterLocation.HEADER):
        case.headers.pop("X-Project-Id", None)
        case.headers.update(known.headers(operation, case.path_parameters))
    if case.query and _is_positive(case, ParameterLocation.QUERY) and known.chance(90):
        case.query.pop("cursor", None)
    if case.body is not schemathesis.core.NOT_SET and _is_positive(case, ParameterLocation.BODY):
        integration = str(case.path_parameters.get("integration_id", ""))
        case.body = body_for(operation, known, integration, case.body)
        if operation == DELIVERY and _is_positive(case, ParameterLocation.HEADER):
            _prove(case, integration)


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Counts the answer: by operation, whether its key suffices, and status."""
    with lock:
        counted[_counted_as(case), _standing(case, response), response.status_code] += 1


@schemathesis.check
def nothing_for_a_wrong_key(ctx: Any, response: Any, case: Any) -> None:
    """A key that isn't one is 401, one of a lower level never gets through; one that suffices is never the reason."""
    standing, status = _standing(case, response), response.status_code
    if standing == "sufficient":
        assert status not in (401, 403), f"{status} with a sufficient key"
    elif not _is_no_route(response):
        assert status in REFUSALS[standing], f"{status} with {standing}"


@schemathesis.check
def nothing_of_another_project(ctx: Any, response: Any, case: Any) -> None:
    """What is another project's isn't there, and no answer shows any of it."""
    assert known.world["mark"] not in response.text, "the answer holds what is another project's"
    foreign = known.world["foreign"].values()
    if any(value in foreign for value in case.path_parameters.values()):
        assert response.status_code >= 400, f"{response.status_code} for another project's"


@schemathesis.check
def every_refusal_in_the_envelope(ctx: Any, response: Any, case: Any) -> None:
    """Also those that the document doesn't list: a method that there isn't, a path that the gateway can't read."""
    if response.status_code >= 400 and response.request.method != "HEAD":
        error = response.json()["error"]
        assert {"code", "message", "requestId"} <= set(error) <= {"code", "message", "requestId", "details"}
        assert response.headers["content-type"][0].startswith("application/json")


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """A path that has no such method is 404 `route_not_found`, not 405: our contract has no 405, and lists the codes.
    The gateway knows no difference."""
    return not (isinstance(failure, UnsupportedMethodResponse) and _is_no_route(response))


def _prove(case: Any, integration: str) -> None:
    """Signs the body, mostly, if the integration has webhooks; what isn't an object stays as it is."""
    service = known.webhooks().get(integration)
    if service and isinstance(case.body, dict) and known.chance(90):
        case.body = delivery(service, case.body)
        headers = proof(service, case.body, f"msg_{uuid.uuid4().hex}", time.time_ns() // 1_000_000)
        proofs.update(value for name, value in headers.items() if name in PROOFS)
        case.headers.update(headers)


def _is_no_route(response: Any) -> bool:
    return response.status_code == 404 and b'"code":"route_not_found"' in response.content.replace(b" ", b"")


def _is_positive(case: Any, location: Any) -> bool:
    meta = case.meta
    return meta is None or not meta.is_negative_at(location)


def _operation(case: Any) -> str:
    return str(case.operation.definition.raw.get("operationId", ""))


def _counted_as(case: Any) -> str:
    is_own = case.method.upper() == case.operation.method.upper()
    return _operation(case) if is_own else OTHER_METHOD


def _standing(case: Any, response: Any) -> str:
    """What the key that was really sent may do with the operation: some checks send others, or none. A webhook's
    signature is its key."""
    if _operation(case) == DELIVERY:
        return "sufficient" if any(response.request.headers.get(name) in proofs for name in PROOFS) else "no key"
    needed = NEEDED_LEVEL.search(case.operation.definition.raw.get("description", ""))
    if not needed:
        return "sufficient"
    sent = response.request.headers.get("Authorization", "")
    if sent != f"Bearer {known.key}" or known.level == "wrong":
        return "no key"
    return "sufficient" if RANKS[known.level] >= RANKS[needed[1]] else "too low"


@atexit.register
def _write_counts() -> None:
    rows = [[*name, number] for name, number in counted.items()]
    Path(os.environ["FUZZ_COUNTS"]).write_text(json.dumps(rows))
