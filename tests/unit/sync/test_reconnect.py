"""When a service refuses the credentials: those that were replaced meanwhile are tried before a person is asked."""

from dataclasses import replace

import pytest

from integrations.domain.errors import ReconnectRequired
from integrations.domain.integration import StatusReason
from tests.unit.sync.world import World

REFUSED = ReconnectRequired("the token is unknown")


def give_credentials(world: World, *, are_set: bool = True, status: str = "pending") -> None:
    """What PUT …/credentials leaves of the integration, or a change of its address."""
    version = world.integration.credentials_version + 1
    reason = None if are_set else StatusReason("address_changed", "enter them again", 1)
    renewed = replace(world.integration, credentials_set=are_set, credentials_version=version, status_reason=reason)
    world.integrations.put(replace(renewed, status=status))  # type: ignore[arg-type]


class ReplacedMidway:
    """Refuses each call of the list, and lets something happen just before it says so."""

    def __init__(self, world: World, *happenings: object) -> None:
        self._push_batch = world.service.push_batch
        self._happenings = list(happenings)
        world.service.push_batch = self  # type: ignore[method-assign, assignment]

    def __call__(self, records, job_id):
        if not self._happenings:
            return self._push_batch(records, job_id)
        happening = self._happenings.pop(0)
        if happening is not None:
            happening()
        raise REFUSED


@pytest.fixture
def world() -> World:
    world = World()
    for number in range(6):
        world.write(f"a{number}", title=f"Title {number}")
    return world


def test_refused_credentials_fail_the_job_and_are_the_integrations_error(world: World):
    ReplacedMidway(world, None)
    job = world.run("push")
    assert (job.status, world.integration.status) == ("failed", "error")
    assert world.integration.status_reason is not None
    assert world.integration.status_reason.code == "credentials_refused"
    assert len(world.connect.opened) == 1


def test_a_job_whose_credentials_were_replaced_goes_on_with_the_new_ones(world: World):
    ReplacedMidway(world, lambda: give_credentials(world))
    job = world.run("push")
    assert (job.status, job.progress.completed, job.progress.failed) == ("completed", 6, 0)
    assert [each.credentials_version for each in world.connect.opened] == [0, 1]
    assert world.integration.status == "active"
    assert [line for line in world.log(job) if "credentials were replaced meanwhile" in line]


def test_new_credentials_that_are_refused_too_fail_the_job(world: World):
    ReplacedMidway(world, lambda: give_credentials(world), None)
    job = world.run("push")
    assert (job.status, world.integration.status) == ("failed", "error")
    assert len(world.connect.opened) == 2


def test_the_slice_that_follows_a_replacement_is_woken_at_once(world: World):
    ReplacedMidway(world, lambda: give_credentials(world))
    world.trigger("push")
    world.wake_ups.sent.clear()
    assert world.look().end == "continues"
    assert [wake_up.delay_ms for wake_up in world.wake_ups.sent] == [0]


def test_an_integration_made_inactive_with_the_replacement_ends_its_job_as_cancelled(world: World):
    ReplacedMidway(world, lambda: give_credentials(world, status="inactive"))
    job = world.run("push")
    assert (job.status, world.integration.status) == ("cancelled", "inactive")


def test_credentials_dropped_meanwhile_fail_the_job_and_keep_the_reason(world: World):
    def drop() -> None:
        give_credentials(world, are_set=False)
        world.connect.providers = {}

    ReplacedMidway(world, drop)
    job = world.run("push")
    assert job.status == "failed"
    assert world.integration.status == "pending"
    assert world.integration.status_reason is not None
    assert world.integration.status_reason.code == "address_changed"


def test_a_replacement_in_the_last_moment_is_not_marked_by_the_old_ones_refusal(world: World):
    ReplacedMidway(world, None)
    finish = world.line.finish

    def replaced_just_before(lease, job, end):
        give_credentials(world)
        finish(lease, job, end)

    world.line.finish = replaced_just_before  # type: ignore[method-assign]
    job = world.run("push")
    assert job.status == "failed"
    assert (world.integration.status, world.integration.status_reason) == ("pending", None)


def test_a_success_of_the_old_credentials_proves_nothing_of_the_new_ones(world: World):
    finish = world.line.finish

    def replaced_just_before(lease, job, end):
        give_credentials(world)
        finish(lease, job, end)

    world.integrations.put(replace(world.integration, status="pending"))
    world.line.finish = replaced_just_before  # type: ignore[method-assign]
    assert world.run("push").status == "completed"
    assert world.integration.status == "pending"
