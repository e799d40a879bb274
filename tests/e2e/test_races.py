"""The stores' races, on a DynamoDB with real transactions: the stack's."""

import os
import subprocess
import sys

import pytest

from tests.e2e.platform import ROOT, Platform

pytestmark = pytest.mark.stack


def test_racing_workers_and_callers_find_one_truth(platform: Platform) -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/contract/storage/test_concurrency.py",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    environment = {**os.environ, "CONTRACT_ENDPOINT": platform.stack["awsEndpoint"]}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    assert " skipped" not in done.stdout
