"""A worker stops dead or freezes, at every effect, in further modes and in jobs of several slices."""

import pytest

from integrations.sync import figures_pull
from tests.unit.sync.crashes.disturbing import frozen_after, stopped_at
from tests.unit.sync.crashes.examining import examine
from tests.unit.sync.crashes.scenarios import FURTHER_SCENARIOS, asked, figures

WAYS = [stopped_at, frozen_after]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", FURTHER_SCENARIOS)
def test_nobody_can_tell_that_a_worker_stopped_or_froze(name, way):
    examine(FURTHER_SCENARIOS[name](), way)


@pytest.mark.parametrize("way", WAYS)
def test_nobody_can_tell_it_between_two_writes_of_figures(way, monkeypatch):
    monkeypatch.setattr(figures_pull, "RECORDS_PER_READ", 2)
    examine(asked(figures(), "pull"), way)
