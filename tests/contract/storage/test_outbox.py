"""Events are stored with what they tell of, and stay until they were told."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from integrations.domain.events import StoredEvent
from integrations.domain.integration import StatusReason
from integrations.domain.job import JobStatus
from integrations.domain.line import Finish
from tests.contract.storage.world import NOW, World, a_job, an_integration, leased, started

REASON = StatusReason("credentials_refused", "renew the token", NOW)
LATER = NOW + 9 + 60_000


def finish(
    world: World, status: JobStatus = "completed", end: Finish = Finish(message="done"), id: str = "01A"
) -> None:
    """Ends a job."""
    line = world.line()
    world.intake.submit(a_job(id), None, NOW)
    lease = leased(line)
    job = replace(started(line, lease), status=status, completed_at=NOW + 9)
    stored = line.finish(lease, job, end)
    assert all(event in waiting(world) for event in stored)
    assert line.finish(lease, job, end) == ()
    line.release(lease, NOW + 9)


def waiting(world: World) -> Sequence[StoredEvent]:
    return world.outbox.overdue(LATER, 10)


def names(world: World) -> list[str]:
    return sorted(stored.event.name for stored in waiting(world))


def test_the_end_of_a_job_waits_to_be_told_once(world: World):
    finish(world)
    [stored] = waiting(world)
    assert stored.event.detail == {
        "eventId": stored.id,
        "projectId": "demo",
        "integrationId": "one",
        "jobId": "01A",
        "direction": "push",
        "mode": "full",
        "progress": {"total": 0, "completed": 0, "failed": 0},
        "failureReasons": {},
        "message": "done",
        "createdAt": NOW,
        "startedAt": NOW,
        "completedAt": NOW + 9,
    }
    assert stored.project_id == "demo"


def test_what_was_told_is_forgotten(world: World):
    finish(world, id="01A")
    finish(world, "failed", id="01B")
    assert names(world) == ["sync.completed", "sync.failed"]
    first, second = waiting(world)
    world.outbox.remove([first])
    world.outbox.remove([first])
    assert waiting(world) == [second]


def test_the_recovery_finds_what_was_not_told_in_time(world: World):
    finish(world)
    assert world.outbox.overdue(LATER - 1, 10) == []
    assert len(world.outbox.overdue(LATER, 10)) == 1
    assert world.line().overdue(LATER, 10) == []


def test_nobody_tells_of_a_cancelled_job(world: World):
    finish(world, "cancelled")
    assert names(world) == []


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ({"status": "active"}, ["integration.error", "sync.failed"]),
        ({"status": "pending"}, ["integration.error", "sync.failed"]),
        ({"status": "error", "status_reason": REASON}, ["sync.failed"]),
        ({"status": "inactive"}, ["sync.failed"]),
        ({"status": "pending", "credentials_version": 1}, ["sync.failed"]),
    ],
)
def test_refused_credentials_are_told_when_the_status_changes(world: World, before: dict[str, Any], told: list[str]):
    world.integrations.create(an_integration(**before))
    finish(world, "failed", Finish(status="error", status_reason=REASON))
    assert names(world) == told


def test_refused_credentials_of_a_connection_test_are_told_once(world: World):
    world.integrations.create(an_integration())
    for _ in range(2):
        assert world.integrations.mark_refused("demo", "one", REASON, 0)
    [stored] = waiting(world)
    assert stored.event.name == "integration.error"
    assert stored.event.detail["message"] == "renew the token"
    assert world.integrations.find("demo", "one") == an_integration(status="error", status_reason=REASON)


def test_an_inactive_integration_stays_and_nothing_is_told(world: World):
    world.integrations.create(an_integration(status="inactive"))
    assert not world.integrations.mark_refused("demo", "one", REASON, 0)
    assert names(world) == []
