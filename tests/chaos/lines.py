"""The integrations that are synced meanwhile: their edits, their jobs, and how these ended."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.chaos.scenarios.scenario import Scenario
from tests.e2e.platform import Platform

WAIT = re.compile(r"Waiting (\d+) s .*\((\w+)\)$")

type Job = dict[str, Any]


@dataclass(slots=True)
class Line:
    """One integration with its story. `jobs` are all that it ever had, by id, as they were last seen; `open` are those
    that were not seen to have ended."""

    platform: Platform
    id: str
    scenario: Scenario
    jobs: dict[str, Job] = field(default_factory=dict)
    directions: dict[str, str] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    last_round: dict[str, str] = field(default_factory=dict)
    """By direction, the jobs that were triggered together last: nothing was edited since."""
    rounds_compared: int = 0

    @property
    def service(self) -> str:
        """The service's type."""
        return self.scenario.service

    @property
    def name(self) -> str:
        """For reports."""
        return f"{self.service} {self.scenario.place.tag}"

    def trigger(self, directions: Iterable[str]) -> None:
        """Triggers a run each, one after the other in the line."""
        self.last_round = {}
        for direction in directions:
            job_id = self.platform.trigger(self.id, direction=direction)
            self.directions[job_id] = direction
            self.last_round[direction] = job_id
            self.open.add(job_id)

    def note(self, seen: Mapping[str, Job]) -> None:
        """Takes in how its open jobs are now."""
        for job_id in [each for each in self.open if each in seen]:
            self.jobs[job_id] = seen[job_id]
            if seen[job_id]["completedAt"] is not None:
                self.open.discard(job_id)
                if is_clean(seen[job_id]):
                    self.scenario.exchanged(self.directions[job_id])

    @property
    def is_round_clean(self) -> bool:
        """Whether the last round went every way and its jobs say that all was exchanged."""
        ended = [self.jobs.get(self.last_round.get(direction, "")) for direction in self.scenario.directions]
        return all(job is not None and is_clean(job) for job in ended)

    def waits(self) -> Iterable[tuple[str, str, str]]:
        """The waits that its jobs' logs tell of: service, seconds and code."""
        for job_id in self.jobs:
            for entry in self.platform.job(job_id)["logs"]:
                if found := WAIT.match(entry["message"]):
                    yield self.service, found[1], found[2]


def scope_of(line: Line) -> tuple[str, str]:
    """(project id, integration id)"""
    return str(line.platform.stack["projectId"]), line.id


def is_clean(job: Job) -> bool:
    """Whether the job came through with nothing failed."""
    return bool(job["status"] == "completed" and not job["progress"]["failed"])


def jobs_of(platform: Platform) -> dict[str, Job]:
    """The project's newest jobs by id."""
    answer = platform.call("GET", "/jobs?limit=100", "read")
    assert answer.status_code == 200, answer.text
    return {job["id"]: job for job in answer.json()["data"]}


def next_directions(line: Line, random: Random) -> tuple[str, ...]:
    """All of the service's, or only one of them."""
    directions = line.scenario.directions
    return directions if random.random() < 0.7 else (random.choice(directions),)
