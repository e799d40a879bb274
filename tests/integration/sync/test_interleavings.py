"""Interleavings of workers, edits and time: INTERLEAVINGS=<examples a kind> tries that many, other ones each time."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.unit.sync.crashes.mutants import UnfencedLine
from tests.unit.sync.crashes.sides import Contacts, Documents

GIVEN = os.environ.get("INTERLEAVINGS")
MANY = settings(
    max_examples=int(GIVEN or 120),
    stateful_step_count=60,
    derandomize=GIVEN is None,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class UnfencedDocuments(Documents):
    """On a line that lets everybody write."""

    def set_up(self):
        super().set_up()
        self.world.line = UnfencedLine(self.world.tables)


@pytest.mark.timeout(120 if GIVEN is None else 0)
@pytest.mark.parametrize("kind", [Documents, Contacts])
def test_whatever_happens_jobs_end_and_both_sides_agree(kind):
    run_state_machine_as_test(kind, settings=MANY)


def test_a_line_without_fences_is_found_out():
    first_found = settings(MANY, phases=[Phase.generate], report_multiple_bugs=False)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(UnfencedDocuments, settings=first_found)
