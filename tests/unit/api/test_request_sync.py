from dataclasses import dataclass, replace
from typing import Any

import pytest

from integrations.domain.errors import (
    CredentialsMissing,
    DirectionNotSupported,
    EntityIdsNotSupported,
    IdempotencyKeyReused,
    IntegrationInactive,
)
from integrations.domain.integration import Integration
from integrations.domain.line import IdempotencyKey
from integrations.sync.request import SyncOrder, request_sync
from tests.fakes.line import FakeIntake
from tests.fakes.outside import FakeWakeUps, WakeUp
from tests.fakes.tables import FakeTables

NOW = 1_764_000_000_000
INTEGRATION = Integration("demo", "one", "any", "Site", "active", {}, (), NOW, NOW, credentials_set=True)


@dataclass(frozen=True)
class Service:
    """Any service; `narrowed` are the directions that can be narrowed to entities."""

    label: str = "Search Console"
    directions: tuple[Any, ...] = ("push", "pull")
    default_direction: Any = "push"
    narrowed: tuple[str, ...] = ("push", "pull")

    def directions_for(self, config: object) -> tuple[str, ...]:
        return self.directions

    def entity_ids_supported(self, direction: str, config: object) -> bool:
        return direction in self.narrowed


ANY_SERVICE = Service()
NOTHING_SAID = SyncOrder()


class Surroundings:
    """A line and a queue."""

    def __init__(self) -> None:
        self.tables = FakeTables()
        self.intake = FakeIntake(self.tables)
        self.wake_ups = FakeWakeUps()
        self.count = 0

    def ask(self, order=NOTHING_SAID, integration=INTEGRATION, service=ANY_SERVICE, key=None):
        self.count += 1
        return request_sync(
            integration,
            service,
            order,
            key,
            intake=self.intake,
            wake_ups=self.wake_ups,
            now=NOW,
            randomness=self.count.to_bytes(10, "big"),
        )

    def job(self, accepted):
        return self.tables.jobs["demo", accepted.job_id]


@pytest.fixture
def around() -> Surroundings:
    return Surroundings()


def test_nothing_said_means_the_services_direction_and_its_usual_mode(around):
    job = around.job(around.ask())
    assert (job.direction, job.mode, job.entity_ids) == ("push", "full", None)
    assert (job.name, job.status, job.created_at) == ("Push to Site", "pending", NOW)
    pulled = around.job(around.ask(service=Service(default_direction="pull")))
    assert (pulled.direction, pulled.mode, pulled.name) == ("pull", "incremental", "Pull from Site")


def test_nothing_said_means_the_only_direction_there_is(around):
    service = Service(directions=("pull",), default_direction="push")
    job = around.job(around.ask(service=service))
    assert (job.direction, job.mode) == ("pull", "incremental")


def test_what_is_said_is_kept(around):
    order = SyncOrder("pull", "resync", ("b", "a"))
    job = around.job(around.ask(order))
    assert (job.direction, job.mode, job.entity_ids) == ("pull", "resync", ("b", "a"))


def test_ids_sort_by_time(around):
    first, second = around.ask(SyncOrder("push")), around.ask(SyncOrder("pull"))
    assert len(first.job_id) == 26
    assert first.job_id[:10] == second.job_id[:10]
    assert first.job_id < second.job_id


def test_a_worker_is_woken_at_once(around):
    assert around.ask().woken
    assert around.wake_ups.sent == [WakeUp("demo", "one", 0)]


def test_a_job_that_is_stored_is_accepted_though_nobody_can_be_woken(around):
    around.wake_ups.reachable = False
    accepted = around.ask()
    assert not accepted.woken
    assert around.job(accepted).status == "pending"


def test_an_identical_job_that_waits_is_joined(around):
    assert around.ask().job_id == around.ask(SyncOrder("push", "full")).job_id
    assert around.ask(SyncOrder("push", "resync")).job_id != around.ask().job_id
    assert len(around.wake_ups.sent) == 4


def test_a_direction_that_the_service_has_not_is_refused_with_those_it_has(around):
    with pytest.raises(DirectionNotSupported, match="Search Console has no push; it supports pull"):
        around.ask(SyncOrder("push"), service=Service(directions=("pull",), default_direction="pull"))


def test_what_cannot_be_narrowed_is_refused_per_direction(around):
    service = Service(narrowed=("push",))
    around.ask(SyncOrder("push", None, ("a",)), service=service)
    with pytest.raises(EntityIdsNotSupported, match="pull"):
        around.ask(SyncOrder("pull", None, ("a",)), service=service)
    around.ask(SyncOrder("pull"), service=service)


@pytest.mark.parametrize("status", ["pending", "error", "active"])
def test_whatever_is_not_inactive_may_sync(around, status):
    assert around.ask(integration=replace(INTEGRATION, status=status)).job_id


@pytest.mark.parametrize(
    ("integration", "refusal"),
    [
        (replace(INTEGRATION, status="inactive"), IntegrationInactive),
        (replace(INTEGRATION, credentials_set=False), CredentialsMissing),
        (replace(INTEGRATION, status="inactive", credentials_set=False), IntegrationInactive),
    ],
)
def test_what_cannot_run_is_neither_stored_nor_announced(around, integration, refusal):
    with pytest.raises(refusal):
        around.ask(integration=integration)
    assert not around.tables.jobs
    assert not around.wake_ups.sent


def test_a_wrong_order_is_named_before_the_integrations_state(around):
    inactive = replace(INTEGRATION, status="inactive")
    with pytest.raises(DirectionNotSupported):
        around.ask(SyncOrder("push"), inactive, Service(directions=("pull",)))
    with pytest.raises(EntityIdsNotSupported):
        around.ask(SyncOrder("pull", None, ("a",)), inactive, Service(narrowed=()))


def test_a_repeated_key_answers_with_its_job_and_refuses_another_body(around):
    first = around.ask(SyncOrder("push", None, ("a",)), key=IdempotencyKey("k", "hash"))
    assert around.ask(SyncOrder("push", None, ("a",)), key=IdempotencyKey("k", "hash")).job_id == first.job_id
    with pytest.raises(IdempotencyKeyReused):
        around.ask(SyncOrder("pull"), key=IdempotencyKey("k", "other"))
    assert len(around.tables.jobs) == 1


def test_a_repeated_key_answers_with_its_job_whatever_became_of_the_integration(around):
    first = around.ask(key=IdempotencyKey("k", "hash"))
    inactive = replace(INTEGRATION, status="inactive")
    assert around.ask(integration=inactive, key=IdempotencyKey("k", "hash")).job_id == first.job_id
    with pytest.raises(IdempotencyKeyReused):
        around.ask(integration=inactive, key=IdempotencyKey("k", "other"))
