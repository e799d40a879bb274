"""What each function of the API loads: a cold start pays for all of it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
AWS = {"boto3", "botocore", "certifi", "dateutil", "jmespath", "s3transfer", "six", "urllib3"}
POWERTOOLS = AWS | {"aws_lambda_powertools", "typing_extensions"}
PYDANTIC = POWERTOOLS | {"annotated_types", "pydantic", "pydantic_core", "typing_inspection"}
LOADED = {
    "authorize": AWS,
    "list_integrations": POWERTOOLS,
    "get_integration": POWERTOOLS,
    "get_job": POWERTOOLS,
    "test_connection": POWERTOOLS,
    "list_jobs": PYDANTIC,
    "trigger_sync": PYDANTIC,
    "create_integration": PYDANTIC,
    "update_integration": PYDANTIC,
    "put_credentials": PYDANTIC,
    "list_audit": PYDANTIC,
    "delete_integration": PYDANTIC,
    "cancel_job": POWERTOOLS,
    "preview_sync": PYDANTIC,
    "list_fields": POWERTOOLS,
}
STORES = {
    "authorize": "api_keys",
    "list_integrations": "integrations",
    "get_integration": "integrations",
    "get_job": "job_log",
    "test_connection": "integrations",
    "list_jobs": "jobs",
    "trigger_sync": "intake",
    "create_integration": "management",
    "update_integration": "management",
    "put_credentials": "management",
    "list_audit": "audit",
    "delete_integration": "management",
    "cancel_job": "cancellations",
    "preview_sync": "integrations",
    "list_fields": "integrations",
}
PROGRAM = """
import importlib.util, json, sys, sysconfig
sys.path[:0] = {path!r}
import app
from integrations.runtime.api import services
services().{store}
packages = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
outside = {{
    name.partition(".")[0]
    for name, module in list(sys.modules.items())
    if (getattr(module, "__file__", None) or "").startswith(tuple(packages))
}}
own = sorted(name for name in sys.modules if name.startswith("integrations."))
print(json.dumps([sorted(outside), own]))
"""


def loaded_by(function: str) -> tuple[set[str], set[str]]:
    """Third-party packages, and modules of ours, in an interpreter that has imported the handler and built a store."""
    path = [str(ROOT / "functions" / function), str(ROOT / "layers" / "core")]
    program = PROGRAM.format(path=path, store=STORES[function])
    environment = {"AWS_DEFAULT_REGION": "eu-central-1", "INTEGRATIONS_TABLE": "t", "CURSOR_SECRET": "s"}
    printed = subprocess.run(
        [sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True, cwd="/"
    ).stdout
    outside, own = json.loads(printed)
    return {name for name in outside if not name.startswith("_")}, set(own)


@pytest.mark.parametrize("function", LOADED)
def test_a_handler_loads_these_packages_and_no_others(function):
    outside, own = loaded_by(function)
    assert outside <= LOADED[function], sorted(outside - LOADED[function])
    heavy = {"integrations.api.models", "integrations.api.envelopes", "integrations.api.documentation"}
    assert not own & heavy
    assert not {name for name in own if name.startswith(("integrations.mapping.markdown", "integrations.mapping.html"))}
    assert not {name for name in own if name.startswith("integrations.providers.sanity")}
    assert not own & {"integrations.providers.http", "integrations.providers.calls", "integrations.sync.run"}


def test_the_authorizer_knows_nothing_of_the_rest():
    _, own = loaded_by("authorize")
    assert "integrations.api.route" not in own
    assert not {name for name in own if name.startswith(("integrations.sync", "integrations.providers"))}
