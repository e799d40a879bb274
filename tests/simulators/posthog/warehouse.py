"""What the service has stored, by project: events and persons, and what was accepted but isn't ingested yet."""

import heapq
import itertools
import threading
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from tests.simulators.posthog.events import Event, EventTable, event_from_json
from tests.simulators.posthog.persons import PersonTable

GENERATED_UUID = 0x7000_8000_0000_0000_0000


class ProjectData:
    """One project. Call its methods under the warehouse's lock."""

    def __init__(self, project_id: int) -> None:
        self.events = EventTable()
        self.persons = PersonTable(project_id)
        self._pending: list[tuple[float, int, Event]] = []
        self._numbers = itertools.count()

    def accept(self, event: Event, visible_at: float) -> None:
        """Queues an event for ingestion at a time of the service's clock."""
        heapq.heappush(self._pending, (visible_at, next(self._numbers), event))

    def ingest(self, now: float) -> int:
        """Ingests what is due; returns how many events that were."""
        count = 0
        while self._pending and self._pending[0][0] <= now:
            visible_at, _, event = heapq.heappop(self._pending)
            self.persons.apply(event)
            self.events.store(event, min(visible_at, now))
            count += 1
        return count

    def settle(self, now: float) -> int:
        """Ingests everything that is waiting, whenever it was due; returns how many events that were."""
        self._pending = [(now, number, event) for _, number, event in sorted(self._pending, key=lambda each: each[:2])]
        return self.ingest(now)

    def pending(self) -> list[tuple[float, Event]]:
        """What is waiting, with the time when it is due, the earliest first."""
        return [(visible_at, event) for visible_at, _, event in sorted(self._pending, key=lambda each: each[:2])]

    def export(self) -> dict[str, Any]:
        """Everything, as JSON."""
        return {
            "events": [event.as_json() for event in self.events.rows()],
            "persons": [person.as_json() for person in self.persons.ordered()],
            "pending": [[visible_at, event.as_json()] for visible_at, event in self.pending()],
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes up what `export` gave."""
        self.events.load(event_from_json(value) for value in state["events"])
        self.persons.load(state["persons"])
        for visible_at, value in state["pending"]:
            self.accept(event_from_json(value), visible_at)


class Warehouse:
    """All projects, and the uuids that were generated for events without one."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.clear()

    def clear(self) -> None:
        """Forgets everything."""
        with self.lock:
            self._projects: dict[int, ProjectData] = {}
            self.uuids_generated = 0

    def project(self, project_id: int, now: float) -> ProjectData:
        """A project's data with everything ingested that is due; call and use it under the lock."""
        data = self._projects.setdefault(project_id, ProjectData(project_id))
        data.ingest(now)
        return data

    def settle(self, now: float) -> int:
        """Ingests what is waiting in all projects."""
        with self.lock:
            return sum(data.settle(now) for data in self._projects.values())

    def generated_uuid(self) -> str:
        """The next uuid for an event that came without."""
        with self.lock:
            self.uuids_generated += 1
            return str(UUID(int=GENERATED_UUID + self.uuids_generated))

    def export(self) -> dict[str, Any]:
        """Everything, as JSON."""
        with self.lock:
            projects = {str(number): data.export() for number, data in self._projects.items()}
            return {"projects": projects, "uuidsGenerated": self.uuids_generated}

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes up what `export` gave."""
        with self.lock:
            self.uuids_generated = state["uuidsGenerated"]
            for number, project in state["projects"].items():
                self.project(int(number), float("-inf")).load(project)

    def seed(self, project_id: int, documents: Iterable[Mapping[str, Any]], now: float) -> int:
        """Stores events and persons as they are, visible at once; a document with `event` is an event."""
        with self.lock:
            data = self.project(project_id, now)
            count = 0
            for document in documents:
                if "event" in document:
                    event = event_from_json({"uuid": self.generated_uuid(), **document})
                    data.persons.apply(event)
                    data.events.store(event, now)
                else:
                    data.persons.load([document])
                count += 1
            return count
