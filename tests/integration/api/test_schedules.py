"""Integrations that sync by themselves: saved with a schedule, started by it, and followed by the scheduler."""

import json
from collections.abc import Mapping
from typing import Any

import boto3
import pytest

from integrations.domain.errors import ConfigurationRefused, Unavailable
from integrations.domain.job import Job
from integrations.runtime.api import services
from integrations.runtime.recovery import recover
from integrations.schedules import ScheduleStore, schedule_name
from tests.api_world import World
from tests.integration.api.conftest import LogLines
from tests.integration.api.gateway import Context, handler
from tests.integration.api.managing import NEW, call, change, create, give_credentials, problems, shown
from tests.integration.api.test_events import event_of

HOURLY = {"expression": "rate(1 hour)", "direction": "pull"}


@pytest.fixture
def site(world: World) -> str:
    """An integration with Sanity that pulls each hour."""
    id = str(create(world, schedule=HOURLY)["id"])
    give_credentials(world, id, token="sk")
    return id


def scheduled(world: World, id: str) -> Mapping[str, Any] | None:
    """What the scheduler has."""
    name, group = schedule_name(world.ours, id), services().settings.schedule_group
    client = boto3.client("scheduler")
    try:
        return dict(client.get_schedule(Name=name, GroupName=group))
    except client.exceptions.ResourceNotFoundException:
        return None


def start(event: object) -> dict[str, Any]:
    """A schedule's time has come."""
    return dict(handler("start_scheduled_sync").lambda_handler(json.loads(json.dumps(event)), Context()))


def start_of(world: World, id: str) -> dict[str, Any]:
    """The same, with what the scheduler has been given for it."""
    found = scheduled(world, id)
    assert found is not None
    return start(json.loads(found["Target"]["Input"]))


def jobs(world: World, id: str) -> list[Job]:
    """The integration's, newest first."""
    found = services().jobs.list(world.ours, None, 50, None, services().now()).jobs
    return [job for job in found if job.integration_id == id]


def unreachable(*_: object) -> None:
    raise Unavailable("the scheduler did not take a schedule: ThrottlingException")


@pytest.fixture
def recovery(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    """What `recover_jobs` knows beyond the others, and a minute that has passed."""
    bus = boto3.client("events").create_event_bus(Name=world.ours)
    assert bus
    for name, value in (("EVENT_BUS_NAME", world.ours), ("LEASE_SECONDS", "60"), ("WORKERS_MAXIMUM", "2")):
        monkeypatch.setenv(name, value)
    now = services().now() + 120_000
    monkeypatch.setattr("integrations.runtime.recovery._now_ms", lambda: now)


def test_the_scheduler_has_what_was_saved(world: World, site: str):
    found = scheduled(world, site)
    assert found is not None
    assert (found["ScheduleExpression"], found["State"]) == ("rate(1 hour)", "ENABLED")
    assert found["Target"]["Arn"] == services().settings.schedule_target_arn
    said = {"projectId": world.ours, "integrationId": site, "schedule": HOURLY}
    assert json.loads(found["Target"]["Input"]) == said


def test_it_follows_every_change_until_the_integration_is_gone(world: World, site: str):
    assert change(world, site, {"schedule": {"expression": "rate(2 days)"}}).status == 200
    assert (scheduled(world, site) or {})["ScheduleExpression"] == "rate(2 days)"
    assert change(world, site, {"status": "inactive"}, 2).status == 200
    assert (scheduled(world, site) or {})["State"] == "DISABLED"
    assert change(world, site, {"status": "active"}, 3).status == 200
    assert (scheduled(world, site) or {})["State"] == "ENABLED"
    assert change(world, site, {"schedule": None}, 4).status == 200
    assert scheduled(world, site) is None
    assert change(world, site, {"schedule": HOURLY}, 5).status == 200
    assert call(world, "DELETE", f"/integrations/{site}").status == 204
    assert scheduled(world, site) is None


def test_a_scheduled_sync_is_incremental_unless_told_otherwise(world: World, site: str):
    started = start_of(world, site)
    [job] = jobs(world, site)
    assert started == {"outcome": "accepted", "job_id": job.id}
    assert (job.direction, job.mode, job.entity_ids) == ("pull", "incremental", None)
    full = {"expression": "rate(1 hour)", "mode": "full"}
    assert change(world, site, {"schedule": full}).status == 200
    start_of(world, site)
    assert [(job.direction, job.mode) for job in jobs(world, site)] == [("push", "full"), ("pull", "incremental")]


def test_a_start_that_comes_twice_is_one_job(world: World, site: str):
    assert start_of(world, site) == start_of(world, site)
    assert len(jobs(world, site)) == 1


def test_a_schedule_that_isnt_the_records_starts_nothing_and_is_put_right(world: World, site: str, recovery: None):
    stale = json.loads((scheduled(world, site) or {})["Target"]["Input"]) | {"schedule": {"expression": "rate(1 day)"}}
    assert start(stale)["outcome"] == "out_of_step"
    boto3.client("scheduler").delete_schedule(
        Name=schedule_name(world.ours, site), GroupName=services().settings.schedule_group
    )
    assert recover()["settled"] >= 1
    assert scheduled(world, site) is not None
    assert jobs(world, site) == []


def test_a_schedule_without_an_integration_goes(world: World, site: str, recovery: None, monkeypatch: Any):
    found = json.loads((scheduled(world, site) or {})["Target"]["Input"])
    with monkeypatch.context() as patch:
        patch.setattr(ScheduleStore, "remove", unreachable)
        assert call(world, "DELETE", f"/integrations/{site}").status == 204
    assert scheduled(world, site) is not None
    assert start(found)["outcome"] == "out_of_step"
    assert recover()["settled"] >= 2
    assert scheduled(world, site) is None
    assert recover()["settled"] == 0


def test_an_inactive_integration_starts_nothing(world: World, site: str):
    said = json.loads((scheduled(world, site) or {})["Target"]["Input"])
    assert change(world, site, {"status": "inactive"}).status == 200
    assert start(said)["outcome"] == "out_of_step"
    assert jobs(world, site) == []


def test_one_without_credentials_starts_nothing_and_the_log_says_why(world: World, caplog: pytest.LogCaptureFixture):
    id = str(create(world, schedule=HOURLY)["id"])
    assert start_of(world, id) == {"outcome": "refused", "job_id": None}
    assert any("has no credentials" in str(getattr(record, "reason", "")) for record in caplog.records)
    assert jobs(world, id) == []


def test_what_the_scheduler_could_not_be_told_the_recovery_tells_it(
    world: World, recovery: None, monkeypatch: pytest.MonkeyPatch, log_lines: LogLines
):
    with monkeypatch.context() as patch:
        patch.setattr(ScheduleStore, "put", unreachable)
        id = str(create(world, schedule=HOURLY)["id"])
        with pytest.raises(ExceptionGroup, match="not everything"):
            recover()
    assert shown(world, id)["schedule"] == HOURLY
    assert "the scheduler can't be reached" in json.dumps(log_lines())
    assert scheduled(world, id) is None
    assert recover()["settled"] >= 1
    assert scheduled(world, id) is not None


def test_what_the_scheduler_refuses_is_answered_with_the_reason_until_it_is_changed(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> None:
        raise ConfigurationRefused("EventBridge Scheduler refused it: no such day", code="schedule_refused")

    with monkeypatch.context() as patch:
        patch.setattr(ScheduleStore, "put", refuse)
        made = create(world, schedule=HOURLY)
    assert (made["status"], made["statusReason"]["code"]) == ("pending", "schedule_refused")
    assert "no such day" in made["statusReason"]["message"]
    changed = change(world, made["id"], {"schedule": {"expression": "rate(2 days)"}})
    assert changed.body["data"]["statusReason"] is None


def test_a_schedule_has_a_time_zone_and_a_direction_that_there_are(world: World):
    schedule = {"expression": "rate(1 hours)", "timezone": "Europe/Berln"}
    found = problems(call(world, "POST", "/integrations", NEW | {"schedule": schedule}))
    assert "'Europe/Berln' is no time zone" in found["schedule.timezone"]
    assert "takes the unit hour" in found["schedule.expression"]
    console = {
        "type": "google_search_console",
        "name": "Search",
        "config": {"siteUrl": "sc-domain:example.org", "entityTypes": {"figures": "row"}},
        "schedule": {"expression": "rate(1 day)", "direction": "push"},
    }
    assert "pull" in problems(call(world, "POST", "/integrations", console))["schedule.direction"]


def test_a_new_configuration_has_to_suit_the_schedule_that_stays(world: World):
    config = {"projectId": "1", "entityTypes": {"reader": "person"}}
    schedule = {"expression": "rate(1 day)", "direction": "push"}
    id = create(world, type="posthog", config=config, schedule=schedule)["id"]
    views = config | {"entityTypes": {"views": "pageviews"}}
    assert "pull" in problems(change(world, id, {"config": views}))["schedule.direction"]
    assert change(world, id, {"config": views, "schedule": None}).status == 200


def test_the_event_to_try_it_with_is_one(world: World):
    assert start(event_of("start_scheduled_sync"))["outcome"] == "out_of_step"
