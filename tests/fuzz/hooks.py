"""Schemathesis' hooks: cases get ids that exist, answers are counted, and two checks of our own are added.

Only what schemathesis made in keeping with the schema is replaced: what it broke on purpose stays broken.
"""

import atexit
import json
import os
import re
from collections import Counter
from pathlib import Path
from threading import Lock
from typing import Any

import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.openapi.checks import UnsupportedMethodResponse

from tests.fuzz.known import Known

RANKS = {"wrong": 0, "read": 1, "write": 2, "admin": 3}
NEEDED_LEVEL = re.compile(r"Needs a key of level `(\w+)`")
OTHER_METHOD = "(another method)"

known = Known()
counted: Counter[tuple[str, str, int]] = Counter()
lock = Lock()


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Makes the case one that can succeed, where it is meant to."""
    operation = _operation(case)
    if case.path_parameters and _is_positive(case, ParameterLocation.PATH):
        for name, given in case.path_parameters.items():
            case.path_parameters[name] = known.path_value(name, operation, given)
    if _is_positive(case, ParameterLocation.HEADER):
        _set_headers(case, operation)
    if operation in ("list_jobs", "list_audit") and _is_positive(case, ParameterLocation.QUERY) and known.chance(90):
        case.query.pop("cursor", None)
    if case.body is not schemathesis.core.NOT_SET and _is_positive(case, ParameterLocation.BODY):
        body = known.body(operation, case.path_parameters, case.body)
        case.body = case.body if body is None else body


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Counts the answer: by operation, whether its key suffices, and status."""
    with lock:
        counted[_counted_as(case), _standing(case, response), response.status_code] += 1


@schemathesis.check
def nothing_for_a_wrong_key(ctx: Any, response: Any, case: Any) -> None:
    """A key that isn't one is a 401, one of a lower level never gets through."""
    standing = _standing(case, response)
    if standing == "no key":
        assert response.status_code in (401, 404, 405), f"{response.status_code} without a key"
    if standing == "too low":
        assert response.status_code >= 400, f"{response.status_code} with a key that is too low"


@schemathesis.check
def nothing_of_another_project(ctx: Any, response: Any, case: Any) -> None:
    """What is another project's isn't there, and no answer shows any of it."""
    assert known.world["mark"] not in response.text, "the answer holds what is another project's"
    if set(case.path_parameters.values()) & set(known.world["foreign"].values()):
        assert response.status_code >= 400, f"{response.status_code} for another project's"


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """A path that has no such method is answered with 404 `route_not_found`, not 405: the published contract says so,
    and the gateway knows no difference."""
    is_refused = response.status_code == 404 and response.json()["error"]["code"] == "route_not_found"
    return not (isinstance(failure, UnsupportedMethodResponse) and is_refused)


def _set_headers(case: Any, operation: str) -> None:
    case.headers.pop("X-Project-Id", None)
    if project := known.project():
        case.headers["X-Project-Id"] = project
    if operation == "update_integration" and known.chance(80) and (version := known.version(case.path_parameters)):
        case.headers["If-Match"] = version


def _is_positive(case: Any, location: Any) -> bool:
    meta = case.meta
    return meta is None or not meta.is_negative_at(location)


def _operation(case: Any) -> str:
    return str(case.operation.definition.raw.get("operationId", ""))


def _counted_as(case: Any) -> str:
    is_own = case.method.upper() == case.operation.method.upper()
    return _operation(case) if is_own else OTHER_METHOD


def _standing(case: Any, response: Any) -> str:
    """What the key that was really sent may do with the operation: some checks send others, or none."""
    sent = response.request.headers.get("Authorization", "")
    if sent != f"Bearer {known.key}" or known.level == "wrong":
        return "no key"
    needed = NEEDED_LEVEL.search(case.operation.definition.raw.get("description", ""))
    rank = RANKS[needed[1]] if needed else 0
    return "sufficient" if RANKS[known.level] >= rank else "too low"


@atexit.register
def _write_counts() -> None:
    rows = [[*name, number] for name, number in counted.items()]
    Path(os.environ["FUZZ_COUNTS"]).write_text(json.dumps(rows))
