"""A few interleavings, always the same; tests/integration/sync tries many."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.unit.sync.crashes.sides import Contacts, Documents

FEW = settings(
    max_examples=10,
    stateful_step_count=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("kind", [Documents, Contacts])
def test_whatever_happens_jobs_end_and_both_sides_agree(kind):
    run_state_machine_as_test(kind, settings=FEW)
