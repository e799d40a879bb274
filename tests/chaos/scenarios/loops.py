"""Subscribers that are written here, whose contacts somebody also changes in Loops."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from tests.chaos.scenarios.scenario import Place, Scenario, differences

SUBSCRIBERS, SUBSCRIBERS_MAXIMUM = 12, 18
OWN = ("email", "firstName", "lastName", "userGroup", "subscribed")


class LoopsContacts(Scenario):
    """First name and plan are written here, the last name and whether they are subscribed in Loops."""

    service: ClassVar[str] = "loops"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._people: dict[str, dict[str, Any]] = {}
        self._pushed: set[str] = set()

    def definition(self) -> dict[str, Any]:
        """Plain mappings; nobody's subscription is mapped."""
        config = {"apiHost": self.simulator.access["url"], "entityTypes": {self.entity_type: "contact"}}
        mappings = {"email": "email", "first": "firstName", "last": "lastName", "plan": "userGroup"}
        return self.integration(config, mappings, apiKey=self.simulator.access["apiKey"])

    def begin(self) -> None:
        """Subscribers here, and one contact in Loops that is nobody's here."""
        for _ in range(SUBSCRIBERS):
            self._write_new()
        self.simulator.admin("POST", "seed", {"documents": [{"email": self._address("stranger")}]})

    def edit(self) -> None:
        """A few on each side; now and then a new one, or one that leaves."""
        random = self.place.random
        for email in random.sample(sorted(self._people), 3):
            changed = {"first": self.new_value("First"), "plan": self.new_value("plan")}
            self.write(email, **changed)
            self._people[email] |= changed
        pushed = sorted(self._pushed)
        for email in random.sample(pushed, min(2, len(pushed))):
            self._people[email]["last"] = self.new_value("Last")
            self._change_there(email, lastName=self._people[email]["last"])
        if pushed and random.random() < 0.3:
            email = random.choice(pushed)
            self._people[email]["subscribed"] = False
            self._change_there(email, subscribed=False)
        if random.random() < 0.5 and len(self._people) < SUBSCRIBERS_MAXIMUM:
            self._write_new()

    def exchanged(self, direction: str) -> None:
        """Who was pushed may be changed there from now on."""
        if direction == "push":
            self._pushed |= self._people.keys()

    def violations(self) -> Iterable[str]:
        """By address."""
        names = ("email", "first", "last", "plan")
        here = {email: {name: person[name] for name in names} for email, person in self._people.items()}
        found, doubled = self.fields_by("email")
        yield from differences("entities", here, found, doubled)
        there = {
            email: dict(zip(OWN, (*here[email].values(), person["subscribed"]), strict=True))
            for email, person in self._people.items()
        }
        contacts = [each for each in self._contacts() if each["email"] != self._address("stranger")]
        emails = [contact["email"] for contact in contacts]
        shown = {contact["email"]: {name: contact.get(name) for name in OWN} for contact in contacts}
        twice = {email for email in emails if emails.count(email) > 1}
        yield from differences("contacts", there, shown, twice)

    def remote_id(self, entity_id: str, fields: Mapping[str, Any]) -> str:
        """Contacts are known by their address."""
        return f"email={fields['email']}"

    def counts(self) -> Mapping[str, int]:
        """A pull looks up all that are here."""
        return {"push": len(self._people), "pull": len(self._people)}

    def service_state(self) -> object:
        """The contacts."""
        return self._contacts()

    def _contacts(self) -> list[dict[str, Any]]:
        found = self.simulator.admin("GET", "dump")["documents"]
        return [contact for contact in found if contact["email"].endswith(f"@{self.place.tag}.example.com")]

    def _address(self, name: str) -> str:
        return f"{name}@{self.place.tag}.example.com"

    def _write_new(self) -> None:
        email = self._address(f"p{len(self._people):02d}")
        person = {"email": email, "first": self.new_value("First"), "last": "By us", "plan": self.new_value("plan")}
        self.write(email, **person)
        self._people[email] = {**person, "subscribed": True}

    def _change_there(self, email: str, **values: object) -> None:
        self.simulator.admin("POST", "edit", {"id": email, "set": values})
