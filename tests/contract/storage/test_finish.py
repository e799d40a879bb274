from dataclasses import replace

import pytest

from integrations.domain.errors import LeaseLost
from integrations.domain.integration import StatusReason, Watermark
from integrations.domain.job import Progress
from integrations.domain.line import Finish
from tests.contract.storage.world import NOW, World, a_job, an_integration, leased, started


def test_a_finished_job_has_left_the_line(world: World):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    ended = replace(started(line, lease), status="completed", completed_at=NOW + 9, progress=Progress(1, 1, 0))
    line.finish(lease, ended, Finish())
    assert line.head(lease) is None
    assert world.jobs.find("demo", "01A", NOW) == ended
    line.finish(lease, ended, Finish())
    with pytest.raises(LeaseLost):
        line.finish(lease, replace(ended, status="failed"), Finish())


def test_a_job_that_never_ran_can_be_cancelled_and_is_joined_no_more(world: World):
    line = world.line()
    world.intake.submit(a_job("01A"), None, NOW)
    lease = leased(line)
    head = line.head(lease)
    assert head is not None
    line.finish(lease, replace(head, status="cancelled", completed_at=NOW), Finish())
    assert line.head(lease) is None
    assert world.intake.submit(a_job("01B"), None, NOW) == "01B"


def test_what_a_run_proved_ends_with_its_job(world: World):
    reason = StatusReason("credentials_refused", "renew the token", NOW)
    world.integrations.create(an_integration())
    assert _finish_with(world, Finish(Watermark("2024-01-01", 3), NOW + 5, "error", reason)) == an_integration(
        status="error", status_reason=reason, last_sync_at=NOW + 5
    )
    assert world.integrations.watermark("demo", "one", "push") == Watermark("2024-01-01", 3)
    assert world.integrations.watermark("demo", "one", "pull") is None


def test_a_new_status_takes_the_old_reason_away(world: World):
    world.integrations.create(an_integration(status="error", status_reason=StatusReason("x", "y", NOW)))
    assert _finish_with(world, Finish(status="active")) == an_integration()


def test_a_reason_alone_leaves_the_status(world: World):
    reason = StatusReason("service_failing", "waiting", NOW)
    world.integrations.create(an_integration())
    assert _finish_with(world, Finish(status_reason=reason)) == an_integration(status_reason=reason)


def test_an_end_that_proved_nothing_changes_nothing(world: World):
    integration = an_integration(status="error", status_reason=StatusReason("x", "y", NOW), last_sync_at=3)
    world.integrations.create(integration)
    assert _finish_with(world, Finish()) == integration


def test_an_inactive_integration_stays_so(world: World):
    world.integrations.create(an_integration(status="inactive"))
    finish = Finish(None, NOW + 5, "active", StatusReason("x", "y", NOW))
    assert _finish_with(world, finish) == an_integration(status="inactive", last_sync_at=NOW + 5)


@pytest.mark.parametrize("status", ["active", "error"])
def test_a_run_proves_nothing_of_credentials_that_were_replaced_or_dropped_meanwhile(world: World, status: str):
    reason = StatusReason("address_changed", "enter them again", NOW)
    world.integrations.create(an_integration(status="pending", status_reason=reason, credentials_version=1))
    finish = Finish(None, NOW + 5, status, None if status == "active" else StatusReason("x", "y", NOW))
    kept = an_integration(status="pending", status_reason=reason, last_sync_at=NOW + 5, credentials_version=1)
    assert _finish_with(world, finish) == kept


def test_a_deleted_integration_does_not_come_back(world: World):
    world.integrations.create(an_integration())
    world.delete_integration("one")
    assert _finish_with(world, Finish(Watermark("w", 1), NOW, "active")) is None
    assert world.integrations.watermark("demo", "one", "push") is None


def _finish_with(world: World, finish: Finish):
    line = world.line()
    world.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    line.finish(lease, replace(started(line, lease), status="completed", completed_at=NOW), finish)
    assert line.release(lease, NOW) is None
    return world.integrations.find("demo", "one")
