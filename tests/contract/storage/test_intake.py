from dataclasses import replace

import pytest

from integrations.domain.errors import IdempotencyKeyReused
from integrations.domain.job import Job
from integrations.domain.line import IdempotencyKey
from tests.contract.storage.world import DAY_MS, NOW, World, a_job, leased, started

KEY = IdempotencyKey("key", "body")


def test_a_submitted_job_waits_in_its_line(world: World):
    job = a_job(mode="incremental", direction="pull")
    assert world.intake.submit(job, None, NOW) == "01A"
    assert world.jobs.find("demo", "01A", NOW) == job
    line = world.line()
    assert line.head(leased(line)) == job


def test_an_identical_job_that_never_ran_is_joined(world: World):
    world.intake.submit(a_job("01A"), None, NOW)
    assert world.intake.submit(a_job("01B"), None, NOW) == "01A"
    assert world.jobs.find("demo", "01B", NOW) is None


@pytest.mark.parametrize(
    "other",
    [
        a_job("01B", mode="resync"),
        a_job("01B", direction="pull"),
        a_job("01B", entity_ids=("e1",)),
        a_job("01B", integration_id="two"),
        replace(a_job("01B"), project_id="other"),
    ],
)
def test_another_job_is_not_joined(world: World, other: Job):
    world.intake.submit(a_job("01A"), None, NOW)
    assert world.intake.submit(other, None, NOW) == "01B"


def test_jobs_narrowed_to_the_same_entities_are_not_joined(world: World):
    world.intake.submit(a_job("01A", entity_ids=("e1",)), None, NOW)
    assert world.intake.submit(a_job("01B", entity_ids=("e1",)), None, NOW) == "01B"


def test_a_job_that_was_started_is_joined_no_more(world: World):
    world.intake.submit(a_job("01A"), None, NOW)
    line = world.line()
    started(line, leased(line))
    assert world.intake.submit(a_job("01B"), None, NOW) == "01B"
    assert world.intake.submit(a_job("01C"), None, NOW) == "01B"


def test_the_same_key_and_body_is_the_same_job_for_a_day(world: World):
    world.intake.submit(a_job("01A"), KEY, NOW)
    line = world.line()
    started(line, leased(line))
    assert world.intake.submit(a_job("01B"), KEY, NOW + DAY_MS - 1000) == "01A"
    assert world.jobs.find("demo", "01B", NOW) is None


def test_a_record_of_a_key_that_has_expired_counts_as_none_though_it_is_still_there(world: World):
    world.intake.submit(a_job("01A", entity_ids=("e1",)), KEY, NOW)
    again = IdempotencyKey("key", "another body")
    assert world.intake.submit(a_job("01B", entity_ids=("e1",)), again, NOW + DAY_MS) == "01B"
    assert world.intake.submit(a_job("01C", entity_ids=("e1",)), again, NOW + DAY_MS) == "01B"


def test_the_job_of_a_key_can_be_asked_for_as_long_as_the_key_is_kept(world: World):
    assert world.intake.replayed("demo", a_job("01A").integration_id, KEY, NOW) is None
    world.intake.submit(a_job("01A"), KEY, NOW)
    assert world.intake.replayed("demo", a_job("01A").integration_id, KEY, NOW + DAY_MS - 1000) == "01A"
    assert world.intake.replayed("demo", a_job("01A").integration_id, KEY, NOW + DAY_MS) is None
    with pytest.raises(IdempotencyKeyReused):
        world.intake.replayed("demo", a_job("01A").integration_id, IdempotencyKey(KEY.key, "another body"), NOW)


def test_a_key_that_was_used_for_another_body_is_refused_and_nothing_stored(world: World):
    world.intake.submit(a_job("01A"), KEY, NOW)
    with pytest.raises(IdempotencyKeyReused, match="new key"):
        world.intake.submit(a_job("01B", mode="resync"), IdempotencyKey("key", "other"), NOW)
    assert world.jobs.find("demo", "01B", NOW) is None


def test_a_key_counts_for_its_integration_only(world: World):
    world.intake.submit(a_job("01A"), KEY, NOW)
    assert world.intake.submit(a_job("01B", "two"), IdempotencyKey("key", "other"), NOW) == "01B"


def test_a_key_remembers_the_job_that_was_joined(world: World):
    world.intake.submit(a_job("01A"), None, NOW)
    assert world.intake.submit(a_job("01B"), KEY, NOW) == "01A"
    line = world.line()
    started(line, leased(line))
    assert world.intake.submit(a_job("01C"), KEY, NOW) == "01A"
    with pytest.raises(IdempotencyKeyReused):
        world.intake.submit(a_job("01D"), IdempotencyKey("key", "other"), NOW)


def test_a_job_that_arrives_while_the_head_waits_does_not_make_its_line_due(world: World):
    line = world.line()
    world.intake.submit(a_job("01A"), None, NOW)
    lease = leased(line)
    waiting = replace(started(line, lease), step=1, not_before=NOW + 7_200_000)
    line.release(line.advance(lease, waiting, NOW), NOW)
    world.intake.submit(a_job("01B", direction="pull"), None, NOW + 1)
    assert list(line.overdue(NOW + 7_199_999, 10)) == []
    assert line.due_in_project("demo", NOW + 7_199_999) is None
    assert list(line.overdue(NOW + 7_200_000, 10)) == [("demo", "one")]
