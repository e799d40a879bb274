"""What starts syncs by itself, on the deployed stack: webhooks, changes of entities, schedules; and what syncs tell.

What is named is gathered for 30 s, so whatever can share a wait does.
"""

import json
import math
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from integrations.schedules import schedule_name
from tests.e2e.bus import Heard, listening, tell_changed
from tests.e2e.conftest import MAPPINGS
from tests.e2e.connected import Connected
from tests.e2e.platform import POLL_SECONDS, Platform
from tools.stack.deployment import stack_name

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

SECRET = "s3cr3t of the tests"
GATHERED_SECONDS = 60
SETTLED_SECONDS = 3
"""More than an event takes to the function that gathers."""
MANY = 1_000


@pytest.fixture
def heard(platform: Platform) -> Iterator[Heard]:
    with listening(platform) as heard:
        yield heard


@pytest.fixture
def live(connect: Callable[..., Connected]) -> Iterator[Connected]:
    """An integration that pushes by itself and takes the webhooks of the simulator, which sends them."""
    made = connect(autoPush=True)
    token = made.sanity.access["token"]
    answer = made.platform.call(
        "PUT", f"/integrations/{made.id}/credentials", "admin", {"token": token, "webhookSecret": SECRET}
    )
    assert answer.status_code == 204, answer.text
    address = f"{made.platform.stack['apiUrl']}/api/v1/webhooks/{made.id}"
    made.sanity.admin("POST", "config", {"webhookUrl": address, "webhookSecret": SECRET})
    yield made
    made.sanity.admin("POST", "config", {"webhookUrl": "", "webhookSecret": ""})


@pytest.fixture(scope="module", autouse=True)
def scheduled(platform: Platform) -> str:
    """An integration that pulls each minute; made first, so that its time comes while the others wait."""
    access = platform.sanity.access
    name = uuid.uuid4().hex[:12]
    config = {"projectId": access["projectId"], "dataset": access["dataset"], "apiHost": access["url"]}
    definition = {
        "type": "sanity",
        "name": f"Test {name}",
        "config": {**config, "entityTypes": {f"type_{name}": f"doc_{name}"}},
        "fieldMappings": MAPPINGS,
        "schedule": {"expression": "rate(1 minute)", "direction": "pull"},
    }
    answer = platform.call("POST", "/integrations", body=definition)
    assert answer.status_code == 201, answer.text
    id = str(answer.json()["data"]["id"])
    answer = platform.call("PUT", f"/integrations/{id}/credentials", body={"token": access["token"]})
    assert answer.status_code == 204, answer.text
    return id


def jobs(connected: Connected) -> list[dict[str, Any]]:
    """The integration's, oldest first."""
    return named(connected.platform, connected.id)


def named(platform: Platform, integration_id: str) -> list[dict[str, Any]]:
    """The jobs whose names end with the integration's, oldest first."""
    name = platform.integration(integration_id)["name"]
    found = platform.call("GET", "/jobs?limit=100", "read").json()["data"]
    return [job for job in reversed(found) if job["name"].endswith(name)]


def start(platform: Platform, schedule: dict[str, Any]) -> dict[str, Any]:
    """What the scheduler does when the time has come: its target, with its input."""
    target = schedule["Target"]
    answer = platform.aws("lambda").invoke(FunctionName=target["Arn"], Payload=target["Input"])
    said = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, said
    return dict(said)


def change(platform: Platform, integration_id: str, body: dict[str, Any]) -> None:
    """PATCH, from the version that there is."""
    version = platform.integration(integration_id)["version"]
    answer = platform.call("PATCH", f"/integrations/{integration_id}", body=body, If_Match=str(version))
    assert answer.status_code == 200, answer.text


def create_documents(connected: Connected, count: int) -> None:
    """What an import in the service does: all in one transaction, each told of by a webhook."""
    access, type = connected.sanity.access, connected.document_type
    mutations = [
        {"create": {"_id": f"{type}-{number}", "_type": type, "title": f"Title {number}"}} for number in range(count)
    ]
    answer = httpx.post(
        f"{access['url']}/v2025-02-19/data/mutate/{access['dataset']}",
        json={"mutations": mutations},
        headers={"Authorization": f"Bearer {access['token']}", "X-Sanity-Project-ID": access["projectId"]},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text


def ended(connected: Connected, *types: str, seconds: float = GATHERED_SECONDS) -> list[dict[str, Any]]:
    """The jobs, once there are some of each type and all have ended."""
    deadline = time.monotonic() + seconds
    while True:
        found = jobs(connected)
        if {job["type"] for job in found} >= set(types) and all(job["completedAt"] for job in found):
            return found
        assert time.monotonic() < deadline, f"{found}"
        time.sleep(POLL_SECONDS)


def answers(connected: Connected) -> list[int]:
    """What the webhooks about the test's documents were answered so far, each attempt."""
    sent = connected.sanity.admin("GET", "webhooks")["webhooks"]
    ours = [each["statuses"] for each in sent if each["payload"]["_type"] == connected.document_type]
    return [status for statuses in ours for status in statuses]


def test_changes_on_both_sides_arrive_and_their_echo_ends_after_one_round(live: Connected, heard: Heard) -> None:
    """What changed here is pushed, and the push's webhooks pulled with what was edited there; what the pull writes is
    told, and pushes nothing."""
    names = ("here", "there")
    for name in names:
        live.write(name, title=f"Written {name}", body="Some *text*", description="short")
    tell_changed(live.platform, live.entity_type, [live.entity_id(name) for name in names])
    [push] = ended(live, "integration_push")
    written = live.entities()
    live.sanity.edit(live.document_id("there"), title="Edited there")
    [_, pull] = ended(live, "integration_push", "integration_pull")
    told = heard.wait("entity.updated", live.id)
    time.sleep(SETTLED_SECONDS)

    assert [job["id"] for job in jobs(live)] == [push["id"], pull["id"]]
    assert push["progress"] == pull["progress"] == {"total": 2, "completed": 2, "failed": 0}
    assert answers(live) == [202, 202, 202]
    mutations = [each["ids"] for each in live.sanity.mutations() if live.document_id("here") in each["ids"]]
    assert [sorted(set(ids)) for ids in mutations] == [sorted(live.document_id(name) for name in names)]
    assert [entity["entityId"] for entity in told["entities"]] == [live.entity_id("there")]
    assert len(heard.of("entity.updated", live.id)) == 1
    now = live.entities()
    assert now["here"] == written["here"]
    assert now["there"]["fields"] == {**written["there"]["fields"], "title": "Edited there"}


@pytest.mark.volume
def test_a_thousand_deliveries_and_a_thousand_edits_are_a_few_jobs(live: Connected) -> None:
    begun = time.monotonic()
    create_documents(live, MANY)
    tell_changed(live.platform, live.entity_type, [live.entity_id(f"e{number}") for number in range(MANY)])
    while len(answers(live)) < MANY:
        assert time.monotonic() - begun < 180, f"{len(answers(live))} answers"
        time.sleep(1)
    seconds = time.monotonic() - begun
    assert set(answers(live)) == {202}
    done = ended(live, "integration_push", "integration_pull", seconds=120)
    most = max(3, 1 + math.ceil(seconds / 30))
    print(f"{MANY} deliveries took {seconds:.0f} s, beside {MANY} edits; jobs: {Counter(job['type'] for job in done)}")
    for type in ("integration_push", "integration_pull"):
        of_type = [job for job in done if job["type"] == type]
        assert len(of_type) <= most
        assert sum(job["progress"]["completed"] for job in of_type) >= MANY
    assert len(live.entities()) == MANY


def test_the_bus_is_told_of_a_sync_that_failed_and_of_one_that_did_not(connected: Connected, heard: Heard) -> None:
    connected.sanity.fault(kind="status", status=401, count=None, match={"path": "/data/"})
    failed = connected.push()
    assert failed["status"] == "failed"
    told = heard.wait("sync.failed", connected.id)
    assert (told["jobId"], told["projectId"]) == (failed["id"], connected.platform.stack["projectId"])
    assert heard.wait("integration.error", connected.id)["code"].startswith("credentials")
    connected.sanity.forget_faults()
    completed = connected.push()
    assert heard.wait("sync.completed", connected.id)["jobId"] == completed["id"]
    assert len(heard.of("integration.error", connected.id)) == 1


def test_a_schedule_starts_syncs_until_it_rests_or_is_gone(scheduled: str, platform: Platform) -> None:
    place = {"GroupName": stack_name(), "Name": schedule_name(platform.stack["projectId"], scheduled)}
    made = platform.aws("scheduler").get_schedule(**place)
    assert (made["ScheduleExpression"], made["State"]) == ("rate(1 minute)", "ENABLED")
    assert json.loads(made["Target"]["Input"])["integrationId"] == scheduled
    deadline = time.monotonic() + 90
    while not (started := named(platform, scheduled)):
        assert time.monotonic() < deadline, "the schedule starts nothing"
        time.sleep(POLL_SECONDS)
    job = platform.wait(started[0]["id"])
    assert (job["type"], job["status"]) == ("integration_pull", "completed")

    answer = start(platform, made)
    assert (answer["outcome"], platform.wait(answer["job_id"])["status"]) == ("accepted", "completed")
    change(platform, scheduled, {"status": "inactive"})
    assert platform.aws("scheduler").get_schedule(**place)["State"] == "DISABLED"
    assert start(platform, made)["outcome"] == "out_of_step"
    platform.recover()
    assert platform.call("DELETE", f"/integrations/{scheduled}").status_code == 204
    with pytest.raises(platform.aws("scheduler").exceptions.ResourceNotFoundException):
        platform.aws("scheduler").get_schedule(**place)
