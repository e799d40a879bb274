"""The rate that Loops allows a team, kept and used."""

from dataclasses import replace
from time import monotonic

import pytest

from integrations.providers.contract import Accepted
from integrations.providers.shared_pacer import SharedPacers, Timing
from tests.contract.providers.loops_kit import open_loops, outgoing, settings_for
from tests.fakes.budgets import FakeBudgets


class ListeningPacer:
    """A pacer that lets everything pass, and remembers what it learnt."""

    def __init__(self):
        self.learnt = []

    def wait_for_turn(self, limits, wait_seconds_maximum):
        assert [limit.name for limit in limits] == ["loops-requests"]

    def hold_off(self, limits, seconds):
        pass

    def learn(self, limit, *, calls, remaining):
        self.learnt.append((limit.name, calls, remaining))


def test_every_answer_tells_the_pacer_what_is_left(loops):
    pacer = ListeningPacer()
    settings = settings_for(loops)
    provider = open_loops(loops, type(settings)(listed_addresses=settings.listed_addresses, pacer=pacer))
    provider.check()
    provider.push_batch([outgoing(1)], "job")
    provider.read_records(["email=a@example.com"])
    provider.close()
    assert pacer.learnt == [("loops-requests", 10, left) for left in (9, 8, 7)]


@pytest.mark.parametrize("contacts", [50])
def test_first_contacts_are_sent_at_the_full_rate_and_never_over_it(loops, contacts):
    elapsed_seconds, statuses = pushed_in(loops, contacts)
    assert statuses == [200] * contacts
    least_seconds = (contacts - 1) // 10  # ten at once, then ten a second
    assert elapsed_seconds <= 1.20 * least_seconds + 0.5


def pushed_in(loops, contacts):
    """The seconds that so many new contacts took with the workers' limiter, and the status of every request."""
    pacer = SharedPacers(FakeBudgets(), Timing()).of("team")
    provider = open_loops(loops, replace(settings_for(loops), pacer=pacer))
    size = provider.batch_limits.records_maximum
    started = monotonic()
    for first in range(0, contacts, size):
        batch = [outgoing(number) for number in range(first, min(first + size, contacts))]
        assert all(isinstance(outcome, Accepted) for outcome in provider.push_batch(batch, "job"))
    elapsed_seconds = monotonic() - started
    provider.close()
    return elapsed_seconds, [entry["status"] for entry in loops.admin.requests()]
