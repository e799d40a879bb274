"""The scheduler follows the records, whoever fails in between and in whatever order changes and attempts come."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from integrations.domain.errors import ConfigurationRefused, Unavailable
from integrations.domain.integration import Integration, StatusReason
from integrations.domain.scheduled_sync import ScheduleChange, ScheduledSync, scheduled_sync
from integrations.management.scheduling import Scheduling, settled

NOW = 1_700_000_000_000
HOURLY, DAILY = {"expression": "rate(1 hour)"}, {"expression": "rate(1 day)"}
NEW = Integration("demo", "one", "sanity", "Site", "active", {}, (), NOW, NOW, schedule=HOURLY)


class Outside:
    """Record, scheduler and notes in one. `before` is called before each thing done, by its name."""

    def __init__(self, integration: Integration | None = NEW) -> None:
        self.record = integration
        self.told: ScheduledSync | None = None
        self.notes: dict[str, ScheduleChange] = {}
        self.before: Callable[[str], None] = lambda _: None
        self.refuses = False

    def save(self, integration: Integration | None, id: str) -> ScheduleChange:
        """A change with its note, in one."""
        self.record = integration
        self.notes[id] = ScheduleChange("demo", "one", id)
        return self.notes[id]

    def find(self, project_id: str, integration_id: str) -> Integration | None:
        self.before("find")
        return self.record

    def set_status(self, project_id: str, integration_id: str, status: None, reason: StatusReason | None) -> bool:
        self.before("set_status")
        assert self.record is not None
        self.record = replace(self.record, status_reason=reason)
        return True

    def put(self, wanted: ScheduledSync) -> None:
        self.before("put")
        if self.refuses:
            raise ConfigurationRefused("EventBridge Scheduler refused it: no such day", code="schedule_refused")
        self.told = wanted

    def overdue(self, now: int, limit: int) -> Sequence[ScheduleChange]:
        return list(self.notes.values())[:limit]

    def remove(self, *place: Any) -> None:
        """Of the scheduler by project and integration, of the notes by the change."""
        if len(place) == 2:
            self.before("remove")
            self.told = None
        else:
            self.before("forget")
            self.notes.pop(place[0].id, None)

    @property
    def in_line(self) -> bool:
        return self.told == scheduled_sync(self.record)

    @property
    def scheduling(self) -> Scheduling:
        return Scheduling(self, self, self)  # type: ignore[arg-type]


@pytest.fixture
def outside() -> Outside:
    return Outside()


def test_a_change_is_told_and_forgotten(outside: Outside):
    for number, record in enumerate((NEW, replace(NEW, schedule=DAILY), replace(NEW, status="inactive"), None)):
        outside.scheduling.settle(outside.save(record, str(number)), NOW)
        assert outside.in_line
        assert not outside.notes


def test_nothing_is_half_done_where_somebody_stops(outside: Outside):
    for stop in range(6):
        change = outside.save(replace(NEW, schedule=DAILY if stop % 2 else HOURLY), str(stop))
        steps = iter(range(99))

        def stops(_: str, stop: int = stop, steps: Iterator[int] = steps) -> None:
            if next(steps) == stop:
                raise Unavailable("the scheduler can't be reached")

        outside.before = stops
        done = settled(outside.scheduling, change, NOW)
        assert done == (not outside.notes) == (stop >= 4)
        outside.before = lambda _: None
        assert outside.scheduling.settle_overdue(lambda: NOW) == (0 if done else 1)
        assert outside.in_line
        assert not outside.notes


@pytest.mark.parametrize("last", [replace(NEW, schedule=None), replace(NEW, schedule=DAILY), None])
def test_whoever_is_slow_tells_what_the_record_says_by_then(last: Integration | None):
    """Between any two steps of the first change's settling, a second change is made and settled as a whole."""
    for moment in range(5):
        outside = Outside()
        first = outside.save(NEW, "first")
        steps = iter(range(99))

        def meanwhile(_: str, outside: Outside = outside, moment: int = moment, steps: Iterator[int] = steps) -> None:
            if next(steps) == moment:
                outside.scheduling.settle(outside.save(last, "second"), NOW)

        outside.before = meanwhile
        outside.scheduling.settle(first, NOW)
        assert outside.in_line, moment
        assert not outside.notes


def test_a_record_that_never_stops_changing_is_left_for_later(outside: Outside):
    numbers = iter(range(1, 99))

    def change(name: str) -> None:
        if name == "find":
            outside.record = replace(NEW, schedule={"expression": f"rate({next(numbers) + 1} hours)"})

    outside.before = change
    with pytest.raises(Unavailable, match="changed 6 times"):
        outside.scheduling.settle(outside.save(NEW, "first"), NOW)
    assert outside.notes


def test_what_the_scheduler_refuses_is_said_where_the_admin_looks_and_not_tried_for_ever(outside: Outside):
    outside.refuses = True
    outside.scheduling.settle(outside.save(NEW, "first"), NOW)
    assert outside.record is not None and outside.record.status_reason is not None
    reason = outside.record.status_reason
    assert (reason.code, reason.at, outside.record.status) == ("schedule_refused", NOW, "active")
    assert "no such day" in reason.message
    assert not outside.notes


def test_the_recovery_settles_every_change(outside: Outside):
    for id in ("a", "b", "c"):
        outside.save(replace(NEW, schedule=DAILY if id == "b" else HOURLY), id)
    assert outside.scheduling.settle_overdue(lambda: NOW) == 3
    assert outside.in_line
    assert not outside.notes
