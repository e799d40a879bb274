"""Persons that both sides know of."""

from collections.abc import Iterable, Mapping
from typing import Any

from tests.chaos.scenarios.posthog import PostHogScenario
from tests.chaos.scenarios.scenario import Place, differences

MEMBERS, MEMBERS_MAXIMUM = 10, 16
VISITORS, VISITORS_MAXIMUM = 6, 10


class PostHogPersons(PostHogScenario):
    """The plan is written here, the city in PostHog; visitors are known from there alone."""

    def __init__(self, place: Place, number: int) -> None:
        super().__init__(place, number)
        self._people: dict[str, dict[str, Any]] = {}
        self._visitors: set[str] = set()
        self._pushed: set[str] = set()

    def definition(self) -> dict[str, Any]:
        """Both properties are mapped."""
        return self.posthog("person", {"who": "distinct_id", "plan": "properties.plan", "city": "properties.city"})

    def begin(self) -> None:
        """Some on each side."""
        for _ in range(MEMBERS):
            self._write_new()
        for _ in range(VISITORS):
            self._make_visitor()

    def edit(self) -> None:
        """A few on each side, now and then a new one."""
        random = self.place.random
        members = sorted(self._people.keys() - self._visitors)
        for who in random.sample(members, 3):
            self._people[who]["plan"] = self.new_value("plan")
            self.write(who, plan=self._people[who]["plan"])
        known = sorted(self._pushed | self._visitors)
        for who in random.sample(known, min(3, len(known))):
            self._people[who]["city"] = self.new_value("City")
            changed = {"$set": {"city": self._people[who]["city"]}}
            self.seed({"event": "$set", "distinct_id": who, "timestamp": self.hours_ago(0), "properties": changed})
        if random.random() < 0.4 and len(members) < MEMBERS_MAXIMUM:
            self._write_new()
        if random.random() < 0.4 and len(self._visitors) < VISITORS_MAXIMUM:
            self._make_visitor()

    def exchanged(self, direction: str) -> None:
        """Who was pushed may be changed there from now on."""
        if direction == "push":
            self._pushed |= self._people.keys() - self._visitors

    def violations(self) -> Iterable[str]:
        """By distinct id."""
        found, doubled = self.fields_by("who")
        yield from differences("entities", self._people, found, doubled)
        persons = self.dump("persons")
        ids = [each for person in persons for each in person["distinct_ids"]]
        shown = {
            person["distinct_ids"][0]: {
                "who": person["distinct_ids"][0],
                **{name: person["properties"].get(name) for name in ("plan", "city")},
            }
            for person in persons
        }
        yield from differences("persons", self._people, shown, {each for each in ids if ids.count(each) > 1})

    def remote_id(self, entity_id: str, fields: Mapping[str, Any]) -> str:
        """Persons are known by their distinct id."""
        return str(fields["who"])

    def counts(self) -> Mapping[str, int]:
        """Persons have no feed of changes: all are read."""
        return {"push": len(self._people), "pull": len(self._people)}

    def _write_new(self) -> None:
        who = f"{self.place.tag}-m{len(self._people):02d}"
        self._people[who] = {"who": who, "plan": self.new_value("plan"), "city": self.new_value("City")}
        self.write(who, **self._people[who])

    def _make_visitor(self) -> None:
        who = f"{self.place.tag}-v{len(self._people):02d}"
        properties = {"plan": self.new_value("plan"), "city": self.new_value("City")}
        self._people[who] = {"who": who, **properties}
        self._visitors.add(who)
        self.seed({"distinct_ids": [who], "created_at": self.hours_ago(1), "properties": properties})
