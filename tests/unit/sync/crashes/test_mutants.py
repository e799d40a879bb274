"""An engine with one thing wrong is found out: so these tests are worth something."""

from unittest.mock import patch

import pytest

from integrations.sync.ledger import Ledger
from tests.unit.sync.crashes.disturbing import frozen_after, stopped_at
from tests.unit.sync.crashes.examining import examine
from tests.unit.sync.crashes.mutants import ForgetfulLinks, UnfencedLine
from tests.unit.sync.crashes.scenarios import SCENARIOS

PUSH, PULL = "documents, push", "documents, pull"


def test_a_line_without_fences_is_found_out():
    def unfence(world):
        world.line = UnfencedLine(world.tables)

    with (
        patch.object(Ledger, "require_lease", lambda self: None),
        pytest.raises(AssertionError, match="place"),
    ):
        examine(SCENARIOS[PUSH](), frozen_after, unfence)


def test_links_that_are_not_written_are_found_out():
    def forget(world):
        world.links = ForgetfulLinks(world.tables)

    with pytest.raises(AssertionError):
        examine(SCENARIOS[PUSH](), stopped_at, forget)


@pytest.mark.parametrize("name", [PUSH, PULL])
def test_a_checkpoint_that_moves_before_its_effects_are_written_is_found_out(name):
    commit, write = Ledger.commit, Ledger._write_repeatable

    def checkpoint_first(self, effects, checkpoint, ahead):
        with patch.object(Ledger, "_write_repeatable", lambda self, effects: None):
            commit(self, effects, checkpoint, ahead)
        write(self, effects)

    with (
        patch.object(Ledger, "commit", checkpoint_first),
        pytest.raises(AssertionError, match="place"),
    ):
        examine(SCENARIOS[name](), stopped_at)


def test_failures_that_are_forgotten_before_the_checkpoint_moves_are_found_out():
    commit = Ledger.commit

    def clear_first(self, effects, checkpoint, ahead):
        self._stores.failures.clear(*self._scope, self.job.direction, effects.cleared)
        commit(self, effects, checkpoint, ahead)

    with (
        patch.object(Ledger, "commit", clear_first),
        pytest.raises(AssertionError, match="place"),
    ):
        examine(SCENARIOS[PUSH](), stopped_at)


def test_a_worker_that_leaves_its_predecessors_failures_is_found_out():
    with (
        patch.object(Ledger, "settle_debts", lambda self: None),
        pytest.raises(AssertionError, match="place"),
    ):
        examine(SCENARIOS[PUSH](), stopped_at)
