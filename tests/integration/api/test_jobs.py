from dataclasses import replace

import pytest

from integrations.api.envelopes import JobAnswer, JobListAnswer
from integrations.domain.job import Job, JobStatus, LogEntry, Progress
from integrations.domain.ulid import new_ulid
from integrations.storage.job_items import job_to_item
from integrations.storage.job_log import JobLogStore
from integrations.storage.table import Table
from tests.api_world import OUR_JOB, World
from tests.integration.api.gateway import Answer, request

DAY_MS = 24 * 60 * 60 * 1000
NOW = 1_900_000_000_000
"""Later than the world's own jobs."""


def a_job(world: World, number: int, status: JobStatus = "completed", project: str | None = None) -> Job:
    created_at = NOW + number * 1000
    return Job(
        id=new_ulid(created_at, bytes(10)),
        project_id=project or world.ours,
        integration_id="int_active",
        name="Push to Site",
        direction="push",
        mode="full",
        created_at=created_at,
        status=status,
        progress=Progress(3, 2, 1),
        completed_at=created_at + 500 if status == "completed" else None,
    )


def store(table: Table, *jobs: Job) -> None:
    table.batch_write(job_to_item(job) for job in jobs)


def list_jobs(world: World, query: str = "", key: str = "read", **headers: str) -> Answer:
    sent = {"Authorization": f"Bearer {world.keys[key]}", **{name.replace("_", "-"): headers[name] for name in headers}}
    return request("GET", f"/jobs?{query}", sent)


def ids(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    answer.require(JobListAnswer)
    return [job["id"] for job in answer.body["data"]]


def test_a_job_is_shown_with_exactly_these_fields(world: World, table: Table):
    job = a_job(world, 0)
    store(table, job)
    assert list_jobs(world, "limit=1").body["data"] == [
        {
            "id": job.id,
            "name": "Push to Site",
            "type": "integration_push",
            "category": "sync",
            "status": "completed",
            "progress": {"total": 3, "completed": 2, "failed": 1},
            "createdAt": NOW,
            "completedAt": NOW + 500,
        }
    ]


def test_jobs_are_listed_newest_first_to_the_last_page(world: World, table: Table):
    jobs = [a_job(world, number) for number in range(7)]
    store(table, *jobs)
    listed, query = [], "limit=3"
    while query:
        answer = list_jobs(world, query)
        assert len(answer.body["data"]) <= 3
        listed += ids(answer)
        cursor = answer.body["meta"]["nextCursor"]
        query = f"limit=3&cursor={cursor}" if cursor else ""
    assert listed == [*[job.id for job in reversed(jobs)], OUR_JOB]


def test_twenty_jobs_are_a_page_and_a_hundred_the_largest(world: World, table: Table):
    store(table, *(a_job(world, number) for number in range(120)))
    assert len(ids(list_jobs(world))) == 20
    assert len(ids(list_jobs(world, "limit=1"))) == 1
    assert len(ids(list_jobs(world, "limit=100"))) == 100


def test_jobs_of_one_status_are_listed_in_pages(world: World, table: Table):
    jobs = [a_job(world, number, "failed" if number % 3 == 0 else "completed") for number in range(9)]
    store(table, *jobs)
    first = list_jobs(world, "status=failed&limit=2")
    second = list_jobs(world, f"status=failed&limit=2&cursor={first.body['meta']['nextCursor']}")
    assert [ids(first), ids(second)] == [[jobs[6].id, jobs[3].id], [jobs[0].id]]
    assert second.body["meta"] == {"nextCursor": None}
    assert ids(list_jobs(world, "status=cancelled")) == []


@pytest.mark.parametrize("category", ["seo", "ai", "export"])
def test_other_parts_of_the_platform_have_no_jobs_here(world: World, category: str):
    answer = list_jobs(world, f"category={category}&status=pending")
    assert (ids(answer), answer.body["meta"]) == ([], {"nextCursor": None})


def test_syncs_are_the_category_sync(world: World):
    assert ids(list_jobs(world, "category=sync")) == ids(list_jobs(world)) == [OUR_JOB]


def test_unknown_parameters_are_left_to_later_versions(world: World):
    assert ids(list_jobs(world, "colour=red&limit=5")) == [OUR_JOB]


def test_a_cursor_serves_its_own_list_only(world: World, table: Table):
    store(table, *(a_job(world, number) for number in range(3)))
    store(table, *(a_job(world, number, project=world.theirs) for number in range(3)))
    cursor = list_jobs(world, "limit=1").body["meta"]["nextCursor"]
    letter = "A" if cursor[20] != "A" else "B"
    for query, headers in (
        (f"cursor={cursor[:20]}{letter}{cursor[21:]}", {}),
        (f"cursor={cursor}A", {}),
        (f"cursor={cursor}!", {}),
        (f"cursor={cursor[:-1]}", {}),
        (f"cursor={cursor}&status=completed", {}),
        (f"cursor={cursor}&category=sync", {}),
        (f"cursor={cursor}", {"key": "both", "X_Project_Id": world.theirs}),
    ):
        answer = list_jobs(world, query, **headers)
        assert (answer.status, answer.code) == (422, "validation_failed"), query
        assert [detail["field"] for detail in answer.body["error"]["details"]] == ["cursor"]
    assert list_jobs(world, f"cursor={cursor}&limit=2").status == 200


def test_jobs_of_another_project_are_not_listed(world: World, table: Table):
    store(table, a_job(world, 0, project=world.theirs))
    assert ids(list_jobs(world)) == [OUR_JOB]


def test_the_newest_200_entries_of_a_log_are_shown_oldest_first(world: World, table: Table):
    job = a_job(world, 0)
    store(table, job)
    entries = [LogEntry(f"k{999 - number:03d}", NOW + number, "error", f"entry {number}") for number in range(250)]
    JobLogStore(table).write(job, entries)
    answer = request("GET", f"/jobs/{job.id}", {"Authorization": f"Bearer {world.keys['read']}"})
    answer.require(JobAnswer)
    assert answer.body["meta"] == {"logsOmitted": 50}
    assert [log["message"] for log in answer.body["data"]["logs"]] == [f"entry {number}" for number in range(50, 250)]
    assert answer.body["data"]["logs"][0] == {"timestamp": NOW + 50, "level": "error", "message": "entry 50"}


def test_a_job_without_a_log_has_an_empty_one(world: World):
    answer = request("GET", f"/jobs/{OUR_JOB}", {"Authorization": f"Bearer {world.keys['read']}"})
    answer.require(JobAnswer)
    assert (answer.body["data"]["logs"], answer.body["meta"]) == ([], {"logsOmitted": 0})
    assert answer.body["data"]["completedAt"] is None


def test_a_job_of_91_days_ago_is_gone(world: World, table: Table):
    old = replace(a_job(world, 0), id="01ARZ3NDEKTSV4RRFFQ69G5FAV", created_at=NOW - 6000 * DAY_MS)
    store(table, old)
    answer = request("GET", f"/jobs/{old.id}", {"Authorization": f"Bearer {world.keys['read']}"})
    assert (answer.status, answer.code) == (404, "job_not_found")
    assert old.id not in ids(list_jobs(world))
