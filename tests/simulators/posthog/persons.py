"""Persons as events make them: properties set, ids merged (PROVIDERS 3.4)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from tests.simulators.posthog.events import Event
from tests.simulators.posthog.timestamps import moment_of, moment_text

NAMESPACE = UUID("932979b4-65c3-4424-8467-0b66ec27bc22")


@dataclass(slots=True)
class Person:
    """A person. `uuid` follows from the project and the first distinct_id."""

    uuid: str
    distinct_ids: list[str]
    created_at: datetime
    properties: dict[str, Any] = field(default_factory=dict)
    last_seen_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """The person as the private API lists it."""
        name = self.properties.get("email") or self.properties.get("name") or self.distinct_ids[0]
        return {
            "id": self.uuid,
            "uuid": self.uuid,
            "name": name,
            "distinct_ids": self.distinct_ids,
            "properties": self.properties,
            "created_at": moment_text(self.created_at),
            "last_seen_at": moment_text(self.last_seen_at) if self.last_seen_at else None,
        }


def person_id(project_id: int, distinct_id: str) -> str:
    """The uuid that a person of this distinct_id has, whether or not there is one."""
    return str(uuid5(NAMESPACE, f"{project_id}:{distinct_id}"))


class PersonTable:
    """The persons of one project."""

    def __init__(self, project_id: int) -> None:
        self._project_id = project_id
        self._by_distinct_id: dict[str, Person] = {}
        self._by_uuid: dict[str, Person] = {}
        self._ordered: list[Person] | None = None

    def of(self, distinct_id: str) -> Person | None:
        """The person with this distinct_id."""
        return self._by_distinct_id.get(distinct_id)

    def with_uuid(self, uuid: str) -> Person | None:
        """The person with this uuid."""
        return self._by_uuid.get(uuid)

    def id_of(self, distinct_id: str) -> str:
        """What `person_id` of an event is."""
        person = self.of(distinct_id)
        return person.uuid if person else person_id(self._project_id, distinct_id)

    def ordered(self) -> list[Person]:
        """All persons, the newest first."""
        if self._ordered is None:
            persons = self._by_uuid.values()
            self._ordered = sorted(persons, key=lambda each: (-each.created_at.timestamp(), each.uuid))
        return self._ordered

    def apply(self, event: Event) -> None:
        """Makes or changes the event's person, unless it is an event without one."""
        properties = event.properties
        if properties.get("$process_person_profile") is False or event.event == "$groupidentify":
            return
        person = self.of(event.distinct_id) or self._made(event)
        if event.event == "$create_alias":
            self._merge(person, properties.get("alias"))
        if event.event == "$identify":
            self._merge(person, properties.get("$anon_distinct_id"))
        person.properties = {**_object(properties.get("$set_once")), **person.properties}
        person.properties |= _object(properties.get("$set"))
        for name in properties.get("$unset") or ():
            person.properties.pop(name, None)
        person.last_seen_at = max(person.last_seen_at or event.timestamp, event.timestamp)

    def add(self, person: Person) -> None:
        """Takes in a person as it is."""
        self._by_uuid[person.uuid] = person
        self._by_distinct_id.update(dict.fromkeys(person.distinct_ids, person))
        self._ordered = None

    def load(self, values: Iterable[Any]) -> int:
        """Takes in persons as `as_json` gives them; only `distinct_ids` and `created_at` are required."""
        persons = [self._person(value) for value in values]
        for person in persons:
            self.add(person)
        return len(persons)

    def _person(self, value: Any) -> Person:
        created = moment_of(value["created_at"])
        if created is None or not value["distinct_ids"]:
            message = f"a person has distinct_ids and created_at in ISO form, got {value!r}"
            raise ValueError(message)
        uuid = value.get("uuid") or person_id(self._project_id, value["distinct_ids"][0])
        seen = moment_of(value.get("last_seen_at"))
        return Person(uuid, list(value["distinct_ids"]), created, dict(value.get("properties", {})), seen)

    def _made(self, event: Event) -> Person:
        person = Person(person_id(self._project_id, event.distinct_id), [event.distinct_id], event.timestamp)
        self.add(person)
        return person

    def _merge(self, person: Person, other_id: Any) -> None:
        if not isinstance(other_id, str) or other_id in person.distinct_ids:
            return
        other = self.of(other_id)
        moved = other.distinct_ids if other else [other_id]
        if other:
            person.properties = {**other.properties, **person.properties}
            person.created_at = min(person.created_at, other.created_at)
            del self._by_uuid[other.uuid]
        person.distinct_ids = [*person.distinct_ids, *moved]
        self._by_distinct_id.update(dict.fromkeys(moved, person))
        self._ordered = None


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
