from collections.abc import Callable
from typing import Any

from integrations.domain.errors import Unavailable
from integrations.domain.link import Link
from integrations.runtime.api import services
from integrations.storage import keys
from integrations.storage.audit import AuditStore
from integrations.storage.links import LinkStore
from integrations.storage.table import Table
from tests.api_world import NOW, OUR_JOB, World
from tests.integration.api.conftest import LogLines
from tests.integration.api.managing import call, create, give_credentials
from tests.integration.api.test_cancel_job import begin
from tests.integration.api.test_sync import received


def delete(world: World, id: str) -> None:
    answer = call(world, "DELETE", f"/integrations/{id}")
    assert (answer.status, answer.body) == (204, None)


def test_it_is_found_no_more_by_anything(world: World):
    id = create(world)["id"]
    delete(world, id)
    path = f"/integrations/{id}"
    for method, place, body in (
        ("GET", path, None),
        ("PATCH", path, {"name": "Other"}),
        ("PUT", f"{path}/credentials", {"token": "sk"}),
        ("POST", f"{path}/sync", None),
        ("POST", f"{path}/test", None),
        ("GET", f"{path}/events", None),
        ("DELETE", path, None),
    ):
        answer = call(world, method, place, body, If_Match="1")
        assert (answer.status, answer.code) == (404, "integration_not_found"), (method, place)
    assert id not in [row["id"] for row in call(world, "GET", "/integrations").body["data"]]


def test_its_ciphertexts_go_at_once(world: World, items: Callable[[World], list[dict[str, Any]]]):
    id = create(world)["id"]
    give_credentials(world, id, token="sk", webhookSecret="wh")
    delete(world, id)
    assert not [item for item in items(world) if id in item["sk"]["S"] and "credentials" in item]
    assert not [item for item in items(world) if item["sk"]["S"] == f"INTEGRATION#{id}"]


def test_its_jobs_are_cancelled_and_its_line_is_woken(world: World):
    received()
    delete(world, "int_active")
    job = call(world, "GET", f"/jobs/{OUR_JOB}").body["data"]
    assert job["status"] == "cancelled"
    assert [entry["message"] for entry in job["logs"]] == ["Cancelled: the integration was deleted"]
    assert received() == [{"projectId": world.ours, "integrationId": "int_active"}]


def test_a_job_that_is_worked_on_is_asked_to_end(world: World, table: Table):
    begin(world, table)
    delete(world, "int_active")
    stored = services().jobs.find(world.ours, OUR_JOB, services().now())
    assert stored is not None
    assert (stored.status, stored.cancel_requested) == ("running", True)


def test_its_links_wait_for_the_worker(world: World, table: Table):
    LinkStore(table).write(world.ours, "int_active", [Link("e1", "x1", NOW, 1)])
    delete(world, "int_active")
    assert LinkStore(table).read(world.ours, "int_active", ["e1"])
    line = table.get(keys.line(world.ours, "int_active"))
    assert line is not None
    assert line["remains"] == "left"
    assert line["dueAt"] <= services().now()


def test_who_deleted_it_is_kept(world: World, table: Table):
    id = create(world)["id"]
    delete(world, id)
    entries = AuditStore(table).list(world.ours, id, 9, None, services().now()).entries
    assert [entry.action for entry in entries] == ["delete", "create"]


def test_another_projects_integration_stays(world: World):
    assert call(world, "DELETE", "/integrations/int_theirs").code == "integration_not_found"
    there = call(world, "GET", "/integrations/int_theirs", key="both", X_Project_Id=world.theirs)
    assert there.status == 200


def test_a_queue_out_of_reach_deletes_all_the_same(world: World, log_lines: LogLines, monkeypatch: Any):
    def send(*_: object) -> None:
        raise Unavailable("the queue did not take a wake-up")

    monkeypatch.setattr(services().wake_ups, "send", send)
    delete(world, "int_bare")
    assert [line for line in log_lines() if line.get("integration_id") == "int_bare" and line["level"] == "WARNING"]
