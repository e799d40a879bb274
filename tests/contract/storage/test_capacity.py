"""Our count of units beside DynamoDB Local's, over whole syncs of 1,000 entities.

Two differences are known and let pass. AWS charges for a look at nothing, DynamoDB Local doesn't in batches and queries
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html); and it asks nothing for
deletes and checks within transactions, of which a job has the same few whatever it syncs.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from tests.benchmarks import dynamodb_local

READ_SLACK = 8
"""Queries that find nothing: half a unit or a whole one each."""
WRITE_SLACK = 20
"""Deletes and checks in the transactions that start and end a job."""
INDEX_WRITES_OF_A_JOB = 20

Run = Mapping[str, Any]


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    """Measured in a network namespace of their own."""
    missing = dynamodb_local.missing_programs()
    if missing:
        pytest.skip(f"DynamoDB Local needs {', '.join(missing)}")
    dynamodb_local.fetch()
    command = dynamodb_local.isolated([sys.executable, "-m", "tests.benchmarks.capacity"])
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    measured: list[Run] = json.loads(done.stdout)
    for run in measured:
        print(f"\n{run['run']:28} counted {run['counted']}, consumed {run['consumed']}", end="")
    return measured


def test_reads_are_counted_as_dynamodb_counts_them(runs: list[Run]):
    for run in runs:
        counted, consumed = run["counted"]["read"], run["consumed"]["read"] + run["consumed"]["absent"]
        assert 0 <= counted - consumed <= READ_SLACK, run


def test_writes_are_counted_as_dynamodb_counts_them(runs: list[Run]):
    for run in runs:
        assert 0 <= run["counted"]["write"] - run["consumed"]["write"] <= WRITE_SLACK, run


def test_links_cost_nothing_in_indexes(runs: list[Run]):
    pushes = [run for run in runs if "push" in run["run"]]
    assert len(pushes) == 4
    for run in pushes:
        assert run["consumed"]["writeInIndexes"] <= INDEX_WRITES_OF_A_JOB, run


def test_syncs_keep_to_what_the_docs_promise(runs: list[Run]):
    units = {run["run"]: run["counted"] for run in runs}
    job = units["push of nothing: the job"]["write"]
    assert units["first push"]["write"] <= 1_100
    assert units["push, nothing changed"]["read"] <= 50
    assert units["push, nothing changed"]["write"] - job <= 10
