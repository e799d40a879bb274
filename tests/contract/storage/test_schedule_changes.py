"""A change that the scheduler has to follow is noted in the transaction that makes it, and stays until it was."""

from dataclasses import replace
from typing import Any

import pytest

from integrations.domain.audit import AuditEntry
from integrations.domain.scheduled_sync import ScheduleChange
from integrations.storage.management import ManagementStore
from integrations.storage.outbox import OutboxStore
from integrations.storage.schedule_changes import GRACE_MS, ScheduleChangeStore
from tests.contract.storage.world import NOW, DynamoWorld, an_integration

HOURLY, DAILY = {"expression": "rate(1 hour)"}, {"expression": "rate(1 day)"}
SCHEDULED = an_integration(schedule=HOURLY)
LATER = NOW + GRACE_MS


@pytest.fixture
def management(dynamo: DynamoWorld) -> ManagementStore:
    return ManagementStore(dynamo.table)


@pytest.fixture
def changes(dynamo: DynamoWorld) -> ScheduleChangeStore:
    return ScheduleChangeStore(dynamo.table)


def entry(id: str) -> AuditEntry:
    return AuditEntry(id, NOW, "key", "update", ())


def ids(changes: ScheduleChangeStore, now: int = LATER) -> list[str]:
    found = changes.overdue(now, 10)
    assert {(change.project_id, change.integration_id) for change in found} <= {("demo", "one")}
    return sorted(change.id for change in found)


def test_a_new_integration_with_a_schedule_is_noted_under_its_entrys_id(
    management: ManagementStore, changes: ScheduleChangeStore
):
    assert management.create(SCHEDULED, entry("01A"))
    assert ids(changes) == ["01A"]
    assert not management.create(SCHEDULED, entry("01B"))
    assert ids(changes) == ["01A"]


def test_one_without_is_not(management: ManagementStore, changes: ScheduleChangeStore):
    assert management.create(an_integration(), entry("01A"))
    assert ids(changes) == []


@pytest.mark.parametrize(
    ("change", "noted"),
    [
        ({"schedule": DAILY}, True),
        ({"schedule": None}, True),
        ({"status": "inactive"}, True),
        ({"status": "pending"}, False),
        ({"name": "Other"}, False),
    ],
)
def test_a_change_is_noted_if_the_scheduler_has_to_know(
    change: dict[str, Any], noted: bool, management: ManagementStore, changes: ScheduleChangeStore, dynamo: DynamoWorld
):
    dynamo.integrations.create(SCHEDULED)
    assert management.change(SCHEDULED, replace(SCHEDULED, version=2, **change), entry("01A"))
    assert ids(changes) == (["01A"] if noted else [])
    assert not management.change(SCHEDULED, replace(SCHEDULED, version=2, schedule=DAILY), entry("01B"))
    assert "01B" not in ids(changes)


def test_a_deletion_is_always_noted(management: ManagementStore, changes: ScheduleChangeStore, dynamo: DynamoWorld):
    dynamo.integrations.create(an_integration())
    assert management.delete(an_integration(), entry("01A"))
    assert ids(changes) == ["01A"]


def test_whoever_made_a_change_has_a_minute(management: ManagementStore, changes: ScheduleChangeStore):
    management.create(SCHEDULED, entry("01A"))
    assert ids(changes, LATER - 1) == []
    changes.note(ScheduleChange("demo", "one", "01B"), NOW)
    assert ids(changes, NOW) == ["01B"]


def test_what_was_carried_out_is_forgotten_and_other_kinds_of_things_due_are_not_met(
    management: ManagementStore, changes: ScheduleChangeStore, dynamo: DynamoWorld
):
    management.create(SCHEDULED, entry("01A"))
    assert dynamo.line().overdue(LATER, 10) == []
    assert OutboxStore(dynamo.table).overdue(LATER, 10) == []
    for _ in range(2):
        changes.remove(ScheduleChange("demo", "one", "01A"))
    assert ids(changes) == []
