import base64
import json
from typing import Any

import boto3
import pytest

from integrations.api.envelopes import SyncAnswer
from integrations.domain.errors import Unavailable
from integrations.runtime.api import services
from integrations.storage import keys
from integrations.storage.expressions import Query
from integrations.storage.job_items import entity_ids_from_items
from integrations.storage.table import Table
from tests.api_world import World
from tests.integration.api.conftest import LogLines
from tests.integration.api.gateway import Answer, Context, handler, proxy_event, request


def trigger(world: World, body: str | None = None, id: str = "int_active", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return request(
        "POST", f"/integrations/{id}/sync", {"authorization": f"Bearer {world.keys['write']}", **named}, body
    )


def job_of(world: World, answer: Answer) -> dict[str, Any]:
    assert answer.status == 202, answer.body
    answer.require(SyncAnswer)
    shown = request("GET", f"/jobs/{answer.body['data']['jobId']}", {"Authorization": f"Bearer {world.keys['read']}"})
    return dict(shown.body["data"])


def stored(dynamodb: Any, world: World, answer: Answer) -> dict[str, Any]:
    """The job's item: its direction, mode and ids are shown nowhere."""
    key = {"pk": {"S": f"JOBS#{world.ours}"}, "sk": {"S": answer.body["data"]["jobId"]}}
    return dict(dynamodb.get_item(TableName=services().settings.integrations_table, Key=key)["Item"])


def received() -> list[dict[str, Any]]:
    """The wake-ups in the queue, which is empty afterwards."""
    sqs, found = boto3.client("sqs"), []
    while messages := sqs.receive_message(
        QueueUrl=services().settings.sync_queue_url, MaxNumberOfMessages=10, AttributeNames=["MessageGroupId"]
    ).get("Messages"):
        for message in messages:
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=services().settings.sync_queue_url, ReceiptHandle=message["ReceiptHandle"])
    return found


@pytest.mark.parametrize("body", [None, "", " \r\n", "{}"])
def test_without_a_body_everything_goes_the_services_own_way(world: World, dynamodb: Any, body: str | None):
    answer = trigger(world, body)
    job = job_of(world, answer)
    assert (job["type"], job["name"]) == ("integration_push", "Push to Site")
    assert (job["category"], job["status"], job["completedAt"]) == ("sync", "pending", None)
    assert stored(dynamodb, world, answer)["mode"]["S"] == "full"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"direction": "push"}, ("push", "full")),
        ({"direction": "pull"}, ("pull", "incremental")),
        ({"direction": "pull", "mode": "full"}, ("pull", "full")),
        ({"direction": "push", "mode": "incremental"}, ("push", "incremental")),
        ({"mode": "resync"}, ("push", "resync")),
    ],
)
def test_direction_and_mode_are_as_asked_or_as_usual(world: World, dynamodb: Any, body: Any, expected: tuple[str, str]):
    item = stored(dynamodb, world, trigger(world, json.dumps(body), Content_Type="application/json; charset=utf-8"))
    assert (item["direction"]["S"], item["mode"]["S"]) == expected


@pytest.mark.parametrize("media_type", [None, "application/json", "Application/JSON", "application/merge-patch+json"])
def test_a_body_is_json_unless_it_says_otherwise(world: World, media_type: str | None):
    headers = {"Content_Type": media_type} if media_type else {}
    assert job_of(world, trigger(world, '{"direction": "pull"}', **headers))["type"] == "integration_pull"


def test_an_empty_body_may_have_any_type(world: World):
    assert trigger(world, "", Content_Type="application/x-www-form-urlencoded").status == 202


def test_a_body_in_base64_is_read(world: World):
    headers = {"Authorization": f"Bearer {world.keys['write']}"}
    event = proxy_event(
        "POST", "/api/v1/integrations/{id}/sync", "/api/v1/integrations/int_active/sync", "", headers, None
    )
    event |= {"body": base64.b64encode(b'{"direction":"up"}').decode(), "isBase64Encoded": True}
    event["requestContext"]["authorizer"] = {"keyId": "k", "level": "write", "projects": world.ours, "plan": "pro"}
    answer = handler("trigger_sync").lambda_handler(event, Context())
    assert json.loads(answer["body"])["error"]["details"][0]["field"] == "direction"


def test_a_worker_is_woken_for_the_line(world: World):
    received()
    trigger(world)
    assert received() == [{"projectId": world.ours, "integrationId": "int_active"}]


def test_ids_given_twice_count_once(world: World, table: Table):
    ids = [f"entity-{number}" for number in range(1000)]
    answer = trigger(world, json.dumps({"entityIds": ids + ids}))
    assert answer.status == 202
    partition = keys.job_entity_ids(world.ours, answer.body["data"]["jobId"])
    kept = entity_ids_from_items(table.query(Query("#pk = :pk", {"pk": partition})))
    assert sorted(kept) == sorted(ids)


def test_the_longest_legal_body_is_taken(world: World):
    ids = [f"{number:03d}".ljust(128, "\N{GRINNING FACE}") for number in range(1000)]
    body = json.dumps({"entityIds": ids})
    assert len(body) > 1_000_000
    assert trigger(world, body).status == 202


def test_syncs_that_say_the_same_are_one_until_they_run(world: World):
    first, second = trigger(world, '{"direction":"push"}'), trigger(world)
    other = trigger(world, '{"direction":"pull"}')
    narrowed = [trigger(world, '{"entityIds":["a"]}') for _ in range(2)]
    assert first.body == second.body
    ids = {answer.body["data"]["jobId"] for answer in (first, other, *narrowed)}
    assert len(ids) == 4


@pytest.mark.parametrize(
    "again", ['{"entityIds":["a","b"],"direction":"push"}', '{ "direction":"push", "entityIds":["a","a","b"] }']
)
def test_a_repeated_trigger_with_its_key_answers_with_the_same_job(world: World, again: str):
    first = trigger(world, '{"direction":"push","entityIds":["a","b"]}', Idempotency_Key="k" * 128)
    assert trigger(world, again, idempotency_key="k" * 128).body == first.body


def test_a_key_is_the_integrations_own(world: World, table: Table):
    services().integrations.set_status(world.ours, "int_active", "active", None)
    first = trigger(world, '{"direction":"push","entityIds":["a"]}', Idempotency_Key="same")
    theirs = request(
        "POST",
        "/integrations/int_theirs/sync",
        {
            "Authorization": f"Bearer {world.keys['both']}",
            "X-Project-Id": world.theirs,
            "Idempotency-Key": "same",
        },
        '{"direction":"pull"}',
    )
    assert theirs.status == 202
    assert theirs.body != first.body


@pytest.mark.parametrize("status", ["pending", "error"])
def test_an_integration_that_is_pending_or_failed_may_sync(world: World, status: Any):
    services().integrations.set_status(world.ours, "int_active", status, None)
    assert trigger(world).status == 202


def test_a_stored_job_is_accepted_though_the_queue_cannot_be_reached(
    world: World, monkeypatch: pytest.MonkeyPatch, log_lines: LogLines
):
    monkeypatch.setenv("SYNC_QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/123456789012/gone")
    services.cache_clear()
    job = job_of(world, trigger(world))
    services.cache_clear()
    assert job["status"] == "pending"
    warnings = [line for line in log_lines() if line["level"] == "WARNING"]
    assert [line["job_id"] for line in warnings] == [job["id"]]


def test_a_job_that_cannot_be_stored_is_refused_as_unavailable(world: World, monkeypatch: pytest.MonkeyPatch):
    def submit(*_: object) -> str:
        raise Unavailable("DynamoDB can't be reached: EndpointConnectionError")

    monkeypatch.setattr("integrations.storage.intake.IntakeStore.submit", submit)
    answer = trigger(world)
    assert (answer.status, answer.code) == (503, "unavailable")


def test_what_nobody_expected_says_nothing_of_the_inside(
    world: World, monkeypatch: pytest.MonkeyPatch, log_lines: LogLines
):
    def submit(*_: object) -> str:
        raise RuntimeError("table-17 at /opt/python/integrations")

    monkeypatch.setattr("integrations.storage.intake.IntakeStore.submit", submit)
    answer = trigger(world)
    assert (answer.status, answer.code) == (500, "internal_error")
    assert "table-17" not in json.dumps(answer.body)
    errors = [line for line in log_lines() if line["level"] == "ERROR"]
    assert "table-17" in errors[0]["exception"]
    assert errors[0]["correlation_id"] == answer.body["error"]["requestId"]


def test_each_call_is_one_line_in_the_log_without_key_or_body(world: World, log_lines: LogLines):
    trigger(world, '{"entityIds":["a planted entity"]}', Idempotency_Key="a planted key")
    (line,) = log_lines()
    assert (line["message"], line["status"], line["method"]) == ("answered", 202, "POST")
    assert (line["project_id"], line["route"]) == (world.ours, "/api/v1/integrations/{id}/sync")
    assert line["correlation_id"]
    assert "planted" not in json.dumps(line)
    assert world.keys["write"] not in json.dumps(line)
