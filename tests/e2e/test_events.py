"""Every built function answers its event of `events/`, in the Runtime Interface Emulator, beside the running stack."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.platform import ROOT, Platform, make

pytestmark = pytest.mark.stack

FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))
ENVELOPES = {
    "get_integration": (404, "integration_not_found"),
    "get_job": (404, "job_not_found"),
    "trigger_sync": (404, "integration_not_found"),
    "test_connection": (404, "integration_not_found"),
    "update_integration": (404, "integration_not_found"),
    "delete_integration": (404, "integration_not_found"),
    "put_credentials": (404, "integration_not_found"),
    "list_audit": (404, "integration_not_found"),
    "cancel_job": (404, "job_not_found"),
    "preview_sync": (404, "integration_not_found"),
    "list_fields": (404, "integration_not_found"),
}
CHANGING_THE_DEMO = frozenset({"update_integration", "delete_integration", "put_credentials"})
STATUS = {
    "create_integration": 201,
    "list_audit": 200,
    "cancel_job": 404,
    "list_integrations": 200,
    "get_integration": 200,
    "trigger_sync": 202,
    "test_connection": 200,
    "list_jobs": 200,
    "get_job": 404,
    "preview_sync": 200,
    "list_fields": 200,
}
DEMO = re.compile(r"int_\w+")


def test_every_function_has_an_event() -> None:
    events = sorted(path.stem for path in (ROOT / "events").glob("*.json") if path.stem != "env")
    assert events == FUNCTIONS


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name in ENVELOPES])
def test_a_function_answers_for_what_is_not_there(name: str, platform: Platform, tmp_path: Path) -> None:
    event = DEMO.sub("int_nobody", (ROOT / "events" / f"{name}.json").read_text())
    (tmp_path / "event.json").write_text(event)
    answer = _invoke(name, tmp_path / "event.json")
    status, code = ENVELOPES[name]
    assert (answer["statusCode"], json.loads(answer["body"])["error"]["code"]) == (status, code)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in {"authorize", *CHANGING_THE_DEMO}])
def test_a_built_function_runs_with_its_event(name: str, platform: Platform) -> None:
    answer = _invoke(name, ROOT / "events" / f"{name}.json")
    if name in STATUS:
        assert (answer["statusCode"], "data" in json.loads(answer["body"])) == (STATUS[name], STATUS[name] < 300)
    elif name == "recover_jobs":
        assert answer["woken"] >= 0
    elif name == "serve_docs":
        assert (answer["statusCode"], "swagger" in answer["body"].lower()) == (200, True)
    elif name == "dead_letter":
        assert answer["waiting"] >= 0
    else:
        assert answer == {"batchItemFailures": []}


def test_the_built_authorizer_lets_a_key_in_and_keeps_others_out(platform: Platform, tmp_path: Path) -> None:
    event = json.loads((ROOT / "events" / "authorize.json").read_text())
    event["headers"]["Authorization"] = f"Bearer {platform.stack['keys']['read']}"
    event["identitySource"] = event["headers"]["Authorization"]
    (tmp_path / "event.json").write_text(json.dumps(event))
    answer = _invoke("authorize", tmp_path / "event.json")
    [statement] = answer["policyDocument"]["Statement"]
    assert (statement["Effect"], answer["context"]["level"]) == ("Allow", "read")
    with pytest.raises(AssertionError, match="Unauthorized"):
        _invoke("authorize", ROOT / "events" / "authorize.json")


def _invoke(name: str, event: Path) -> dict[str, Any]:
    logical_id = "".join(part.title() for part in name.split("_")) + "Function"
    printed = make("invoke", f"FUNCTION={logical_id}", f"EVENT={event}")
    answer = json.loads(printed.strip().splitlines()[-1])
    assert isinstance(answer, dict)
    return answer
