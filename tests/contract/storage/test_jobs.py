from dataclasses import replace

import pytest

from integrations.domain.job import JOB_RETENTION_DAYS, LogEntry
from integrations.domain.line import Finish
from tests.contract.storage.world import DAY_MS, NOW, DynamoWorld, World, a_job, leased, started

EXPIRED = NOW + JOB_RETENTION_DAYS * DAY_MS


def submit(world: World, *ids: str) -> None:
    for id in ids:
        world.intake.submit(a_job(id, entity_ids=("e1",)), None, NOW)


def finish_head(world: World) -> None:
    line = world.line()
    lease = leased(line)
    line.finish(lease, replace(started(line, lease), status="completed", completed_at=NOW), Finish())
    line.release(lease, NOW)


def ids(page) -> list[str]:
    return [job.id for job in page.jobs]


def test_jobs_are_listed_newest_first_in_pages(world: World):
    submit(world, "01C", "01A", "01E", "01B", "01D")
    first = world.jobs.list("demo", None, 2, None, NOW)
    second = world.jobs.list("demo", None, 2, first.next_before_id, NOW)
    third = world.jobs.list("demo", None, 2, second.next_before_id, NOW)
    assert [ids(page) for page in (first, second, third)] == [["01E", "01D"], ["01C", "01B"], ["01A"]]
    assert third.next_before_id is None
    assert ids(world.jobs.list("demo", None, 5, None, NOW)) == ["01E", "01D", "01C", "01B", "01A"]
    assert world.jobs.list("demo", None, 5, None, NOW).next_before_id is None
    assert ids(world.jobs.list("other", None, 5, None, NOW)) == []


def test_jobs_of_one_status_are_listed_in_pages(world: World):
    submit(world, "01A", "01B", "01C", "01D", "01E")
    finish_head(world)
    finish_head(world)
    first = world.jobs.list("demo", "pending", 2, None, NOW)
    second = world.jobs.list("demo", "pending", 2, first.next_before_id, NOW)
    assert (ids(first), ids(second), second.next_before_id) == (["01E", "01D"], ["01C"], None)
    assert ids(world.jobs.list("demo", "completed", 2, None, NOW)) == ["01B", "01A"]
    assert ids(world.jobs.list("demo", "failed", 2, None, NOW)) == []


def test_a_job_narrowed_to_entities_is_shown_without_them(world: World):
    submit(world, "01A")
    expected = a_job("01A", entity_ids=())
    assert world.jobs.find("demo", "01A", NOW) == expected
    assert list(world.jobs.list("demo", None, 1, None, NOW).jobs) == [expected]


def test_a_job_of_another_project_is_not_found(world: World):
    submit(world, "01A")
    assert world.jobs.find("other", "01A", NOW) is None
    assert world.jobs.find("demo", "x" * 3000, NOW) is None


@pytest.mark.parametrize("status", [None, "pending"])
def test_jobs_older_than_90_days_are_left_out_though_they_are_still_there(world: World, status):
    submit(world, "01A")
    world.intake.submit(a_job("01B", created_at=NOW + DAY_MS), None, NOW)
    assert world.jobs.find("demo", "01A", EXPIRED - 1) is not None
    assert world.jobs.find("demo", "01A", EXPIRED) is None
    page = world.jobs.list("demo", status, 1, None, EXPIRED)
    assert (ids(page), page.next_before_id) == (["01B"], None)


def test_what_the_status_index_has_not_heard_of_yet_is_left_out(dynamo: DynamoWorld):
    submit(dynamo, "01A", "01B", "01C")
    stale = {"Items": [{"pk": {"S": "JOBS#demo"}, "sk": {"S": id}} for id in ("01C", "01B", "01A")]}
    dynamo.client.inject("query", lambda call, parameters: stale)
    finish_before = dynamo.client._faults.pop("query")
    finish_head(dynamo)
    dynamo.client.inject("query", *finish_before)
    assert ids(dynamo.jobs.list("demo", "pending", 3, None, NOW)) == ["01C", "01B"]


def entries(*times: int) -> list[LogEntry]:
    return [LogEntry(f"key-{999 - at}", NOW + at, "info", f"at {at}") for at in times]


def test_the_newest_log_entries_are_shown_and_the_others_counted(world: World):
    job = a_job()
    world.log.write(job, entries(3, 1, 2))
    world.log.write(job, entries(5, 4))
    shown, omitted = world.log.newest("demo", "01A", 3, NOW)
    assert (list(shown), omitted) == (entries(3, 4, 5), 2)
    assert world.log.newest("demo", "01A", 200, NOW)[1] == 0
    assert list(world.log.newest("demo", "01B", 200, NOW)[0]) == []


def test_an_entry_written_twice_is_one(world: World):
    world.log.write(a_job(), entries(1, 2))
    world.log.write(a_job(), [replace(entries(1)[0], timestamp=NOW + 9), *entries(2, 2)])
    shown, omitted = world.log.newest("demo", "01A", 200, NOW)
    assert ([entry.timestamp - NOW for entry in shown], omitted) == ([2, 9], 0)


def test_more_log_entries_than_one_page_holds_are_counted(dynamo: DynamoWorld):
    long = [replace(entry, message="x" * 1500) for entry in entries(*range(900))]
    dynamo.log.write(a_job(), long)
    shown, omitted = dynamo.log.newest("demo", "01A", 200, NOW)
    assert (list(shown), omitted) == (long[700:], 700)


def test_a_log_goes_with_its_job(dynamo: DynamoWorld):
    dynamo.log.write(a_job(), entries(1))
    assert list(dynamo.log.newest("demo", "01A", 200, EXPIRED)[0]) == []
