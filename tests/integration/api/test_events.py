"""The files in events/, which `make invoke` and `sam local invoke` use, are what the handlers understand."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from integrations.domain.api_key import ApiKey
from integrations.domain.job import Job
from integrations.runtime.api import services
from integrations.storage.api_keys import ApiKeyStore
from integrations.storage.integrations import IntegrationStore
from integrations.storage.table import Table
from tests.api_world import an_integration
from tests.integration.api.gateway import Context, handler, invoke

EVENTS = Path(__file__).parents[3] / "events"
ANSWERS = {
    "list_integrations": 200,
    "get_integration": 200,
    "create_integration": 201,
    "update_integration": 200,
    "preview_sync": 200,
    "list_fields": 200,
    "put_credentials": 204,
    "list_audit": 200,
    "trigger_sync": 202,
    "test_connection": 200,
    "list_jobs": 200,
    "get_job": 200,
    "cancel_job": 202,
    "delete_integration": 204,
}


def event_of(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return event


@pytest.fixture(scope="module")
def demo(table: Table) -> Table:
    """The project that the events speak of."""
    IntegrationStore(table).create(an_integration("demo", id="int_demo_sanity"))
    job_id = event_of("get_job")["pathParameters"]["id"]
    now = services().now()
    job = Job(job_id, "demo", "int_demo_sanity", "Push to Site", "push", "full", now, entity_ids=("a",))
    services().intake.submit(job, None, now)
    key = event_of("authorize")["headers"]["Authorization"].removeprefix("Bearer ")
    ApiKeyStore(table).put(ApiKey(hashlib.sha256(key.encode()).hexdigest(), "admin", ("demo",), "enterprise"), now)
    return table


@pytest.mark.parametrize("name", ANSWERS)
def test_an_event_is_answered(name: str, demo: Table):
    answer = invoke(name, event_of(name))
    assert answer.status == ANSWERS[name], answer.body


def test_the_authorizers_event_lets_its_key_in(demo: Table):
    answer = handler("authorize").lambda_handler(event_of("authorize"), Context())
    said = event_of("list_jobs")["requestContext"]["authorizer"]
    assert answer["context"] == {name: said[name] for name in answer["context"]}


def test_the_documentations_event_is_answered_with_its_page():
    answer = handler("serve_docs").lambda_handler(event_of("serve_docs"), Context())
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (200, "text/html; charset=utf-8")
