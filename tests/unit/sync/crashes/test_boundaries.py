"""A worker stops dead, or freezes until others have done its work, before and after every effect: what comes of it is
what comes of an undisturbed run, and no more than one batch (k = 1) is sent twice."""

import pytest

from tests.unit.sync.crashes.disturbing import frozen_after, stopped_at
from tests.unit.sync.crashes.examining import examine
from tests.unit.sync.crashes.scenarios import SCENARIOS

WAYS = [stopped_at, frozen_after]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_nobody_can_tell_that_a_worker_stopped_or_froze(name, way):
    examine(SCENARIOS[name](), way)
