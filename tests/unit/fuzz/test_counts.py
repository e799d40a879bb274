"""What a run of the fuzzer has to show before it counts as one."""

import pytest

from tests.fuzz.counts import CASES_MINIMUM, OTHERS_MINIMUM, SHARE_PERCENT_MINIMUM, Counts

DOCUMENTED = {"list_jobs": "get", "trigger_sync": "post", "delete_integration": "delete"}
ENOUGH = [
    ("list_jobs", "sufficient", 200, SHARE_PERCENT_MINIMUM * 10),
    ("list_jobs", "sufficient", 422, 1_000 - SHARE_PERCENT_MINIMUM * 10),
    ("list_jobs", "no key", 401, 5),
    ("trigger_sync", "sufficient", 202, SHARE_PERCENT_MINIMUM * 10),
    ("trigger_sync", "sufficient", 404, 1_000 - SHARE_PERCENT_MINIMUM * 10),
    ("trigger_sync", "too low", 403, 5),
    ("delete_integration", "sufficient", 204, OTHERS_MINIMUM),
    ("delete_integration", "sufficient", 404, 100),
]


def _counts(*changed):
    """Enough of everything, but for what is changed."""
    counts, kept = Counts(), {row[:3]: row for row in [*ENOUGH, *changed]}
    counts.add(kept.values())
    return counts


def test_a_run_with_enough_of_everything_has_no_shortcomings():
    assert _counts().shortcomings(DOCUMENTED) == []


def test_a_run_with_too_few_cases_is_none():
    counts = Counts()
    counts.add([("list_jobs", "sufficient", 200, CASES_MINIMUM - 1)])
    assert counts.shortcomings({"list_jobs": "get"}) == [f"only {CASES_MINIMUM - 1} of {CASES_MINIMUM} cases"]


@pytest.mark.parametrize(("operation", "success"), [("list_jobs", 200), ("trigger_sync", 202)])
def test_a_share_of_what_reads_and_of_triggers_has_to_succeed(operation, success):
    counts = _counts((operation, "sufficient", success, SHARE_PERCENT_MINIMUM * 10 - 1))
    assert counts.shortcomings(DOCUMENTED) == [f"{operation}: {SHARE_PERCENT_MINIMUM - 1} % succeeded, 30 % are needed"]


def test_what_changes_things_has_to_succeed_some_times():
    counts = _counts(("delete_integration", "sufficient", 204, OTHERS_MINIMUM - 1))
    assert counts.shortcomings(DOCUMENTED) == ["delete_integration: 9 cases succeeded, 10 are needed"]


def test_an_operation_that_was_never_tried_is_missed():
    found = _counts().shortcomings({**DOCUMENTED, "get_job": "get", "put_credentials": "put"})
    assert found == [
        "get_job: 0 % succeeded, 30 % are needed",
        "put_credentials: 0 cases succeeded, 10 are needed",
    ]


def test_successes_with_a_key_that_does_not_suffice_do_not_count_but_are_told():
    counts = _counts(("delete_integration", "sufficient", 204, 0), ("delete_integration", "too low", 204, 50))
    assert counts.shortcomings(DOCUMENTED) == [
        "delete_integration: 0 cases succeeded, 10 are needed",
        "delete_integration: 50 answers were 204 (too low)",
    ]


@pytest.mark.parametrize("standing", ["too low", "no key"])
@pytest.mark.parametrize("status", [200, 204, 302])
def test_nobody_is_let_in_without_a_sufficient_key(standing, status):
    assert _counts(("list_jobs", standing, status, 1)).shortcomings(DOCUMENTED) == [
        f"list_jobs: 1 answers were {status} ({standing})"
    ]


@pytest.mark.parametrize("standing", ["sufficient", "too low", "no key"])
def test_one_server_error_is_too_many(standing):
    assert _counts(("delete_integration", standing, 500, 1)).shortcomings(DOCUMENTED) == [
        f"delete_integration: 1 answers were 500 ({standing})"
    ]


def test_runs_add_up_and_the_table_has_each_operation_once():
    counts = _counts()
    counts.add(counts.rows())
    assert counts.total == 2 * sum(row[3] for row in ENOUGH)
    rows = counts.table().splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == [
        "| delete_integration",
        "| list_jobs",
        "| trigger_sync",
        "| (another method)",
    ]
    assert rows[1] == "| list_jobs | 2000 | 600 | 1400 | 0 | 30 | 0 | 0 | 10 | 0 |"
